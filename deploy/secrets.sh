#!/usr/bin/env bash
# Makes what is missing of deploy/secrets for compose.yaml: random passwords, and for a first try a certificate of a
# private authority. `deploy/secrets.sh trine.example.org`. What is there stays as it is: put tls_certificate, tls_key and
# tls_ca of your own there beforehand. The folder is for its owner alone; the files below it are readable, because each
# container reads them as a user of its own.
set -euo pipefail
host=${1:?usage: deploy/secrets.sh HOST, the name that browsers use}
folder=$(cd "$(dirname "$0")" && pwd)/secrets
umask 077
mkdir -p "$folder"
cd "$folder"
random() { openssl rand -hex 32; }
keep() { [ -s "$1" ] || printf '%s' "$2" > "$1"; }
for name in signing_key key_pepper ray_token postgres_password redis_password s3_access_key s3_secret_key grafana_password; do
  keep "$name" "$(random)"
done
keep database_owner_url "postgresql://postgres:$(<postgres_password)@postgres:5432/trine"
keep s3_identities "{\"identities\": [{\"name\": \"trine\", \"credentials\": [{\"accessKey\": \"$(<s3_access_key)\", \"secretKey\": \"$(<s3_secret_key)\"}], \"actions\": [\"Admin\", \"Read\", \"Write\", \"List\", \"Tagging\"]}]}"
if [ ! -s tls_certificate ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -days 825 -subj "/CN=Trine on $host" -keyout authority_key -out authority 2>/dev/null
  openssl req -newkey rsa:3072 -nodes -subj "/CN=$host" -keyout tls_key -out request 2>/dev/null
  openssl x509 -req -in request -CA authority -CAkey authority_key -CAcreateserial -days 825 -out tls_certificate \
    -extfile <(printf 'subjectAltName=DNS:%s' "$host") 2>/dev/null
  rm -f request authority_key authority.srl
  # Workers trust this authority, and those that the machine trusts.
  cat authority /etc/ssl/certs/ca-certificates.crt > tls_ca 2>/dev/null || cp authority tls_ca
fi
[ -s tls_ca ] || cp /etc/ssl/certs/ca-certificates.crt tls_ca
chmod 0444 ./*
echo "deploy/secrets.sh: $folder holds $(find . -type f | wc -l) secrets for $host"

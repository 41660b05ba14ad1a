"""All of a schema that migrations make, as text that can be compared."""

import psycopg

QUERIES = {
    "relations": """
        SELECT relname, relkind, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner),
               ARRAY(SELECT unnest(coalesce(relacl, acldefault(kind, relowner)))::text ORDER BY 1)
        FROM pg_class, LATERAL (SELECT CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char" AS kind) AS kinds
        WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic%' ORDER BY 1""",
    "columns": """
        SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attacl::text,
               pg_get_expr(adbin, adrelid)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
             LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
        ORDER BY 1, 2""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "policies": """
        SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies
        WHERE schemaname = 'public' ORDER BY 1, 2""",
    "functions": """
        SELECT oid::regprocedure::text, pg_get_userbyid(proowner), prosecdef, prosrc, proacl::text FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace ORDER BY 1""",
    "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
}


def schema(url: str) -> dict[str, list[str]]:
    """Part → its lines. The table in which Alembic keeps its version is left out."""
    with psycopg.connect(url) as connection:
        return {
            part: [" | ".join(map(str, row)) for row in connection.execute(query.encode()) if "alembic" not in row[0]]
            for part, query in QUERIES.items()
        }

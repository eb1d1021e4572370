-- Empties the schema of the site before a backup is read into it, in the same transaction.
SET lock_timeout = '10s';
SET client_min_messages = warning;
DO $reset$
DECLARE
    commands text[];
    command text;
BEGIN
    SELECT array_agg(format('DROP %s IF EXISTS %s CASCADE', kind, name) ORDER BY place) INTO commands FROM (
        SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
               oid::regclass::text, relkind = 'S', oid
          FROM pg_class
         WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT 'ROUTINE', oid::regprocedure::text, true, oid
          FROM pg_proc
         WHERE pronamespace = current_schema()::regnamespace
    ) AS found (kind, name, place, id)
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = id AND deptype = 'e');
    FOREACH command IN ARRAY coalesce(commands, '{}') LOOP
        EXECUTE command;
    END LOOP;
END
$reset$;

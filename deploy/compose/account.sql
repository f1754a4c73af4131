-- The account of the replicas. "migrate" gives it what they need of the office's tables.
\set password `cat /run/secrets/app_password`
CREATE ROLE community_app LOGIN PASSWORD :'password';

#!/bin/sh
# Run once by the database's container: the three login roles, the database, pgvector.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set platform="$PLATFORM_PASSWORD" <<'SQL'
CREATE ROLE frontdesk_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE ROLE hotel_bot_tenant LOGIN PASSWORD :'app';
CREATE ROLE frontdesk_platform LOGIN PASSWORD :'platform';
GRANT frontdesk_platform TO frontdesk_owner;
CREATE DATABASE frontdesk OWNER frontdesk_owner;
REVOKE ALL ON DATABASE frontdesk FROM PUBLIC;
GRANT CONNECT ON DATABASE frontdesk TO hotel_bot_tenant, frontdesk_platform;
\connect frontdesk
CREATE EXTENSION vector;
SQL

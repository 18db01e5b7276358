"""Whether the role we work as could walk past row-level security; then nothing starts."""

CAN_BYPASS = (
    "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n"
    " ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'"
    " AND pg_has_role(current_user, c.relowner, 'MEMBER'))"
    " FROM pg_roles WHERE rolname = current_user"
)
"""True for a superuser, for BYPASSRLS and for the owner of a table."""


class CanBypassRowSecurity(Exception):
    """The app's database role could look past row-level security; refusing to start"""

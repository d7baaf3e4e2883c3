"""The operators' pages, behind the role admin."""

from flask import Blueprint

from setlist.admin import dashboard, figures, guard, imports

LARGEST_ID = 2**63 - 1  # PostgreSQL's bigint ends here, a typed address does not

admin = Blueprint("admin", __name__, url_prefix="/admin")
admin.before_request(guard.admins_only)
admin.add_url_rule("/", view_func=dashboard.dashboard)
admin.add_url_rule(
    f"/imports/<int(max={LARGEST_ID}):sync_id>/retry", view_func=imports.retry, methods=["POST"]
)
admin.add_app_template_filter(figures.span)
admin.add_app_template_filter(figures.count)

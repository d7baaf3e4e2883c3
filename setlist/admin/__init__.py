"""The operators' pages, behind the role admin."""

from flask import Blueprint

from setlist.admin import dashboard, figures, guard, imports

admin = Blueprint("admin", __name__, url_prefix="/admin")
admin.before_request(guard.admins_only)
admin.add_url_rule("/", view_func=dashboard.dashboard)
admin.add_url_rule("/imports/<int:sync_id>/retry", view_func=imports.retry, methods=["POST"])
admin.add_app_template_filter(figures.span)
admin.add_app_template_filter(figures.count)

"""The operators' pages, behind the role admin."""

from flask import Blueprint

from setlist.admin import (
    bursts,
    dashboard,
    doubts,
    figures,
    guard,
    imports,
    jobs,
    outbox,
    queues,
    syncs,
    traffic,
    workers,
)
from setlist.pipeline.steering import Action

admin = Blueprint("admin", __name__, url_prefix="/admin")
admin.before_request(guard.admins_only)
admin.add_url_rule("/", view_func=dashboard.dashboard)
admin.add_url_rule("/imports", view_func=imports.imports)
for action in Action:
    admin.add_url_rule(
        f"/imports/<int:sync_id>/{action}",
        view_func=imports.act,
        methods=["POST"],
        defaults={"action": action.value},
    )
admin.add_url_rule("/queues", view_func=queues.queues)
admin.add_url_rule("/queues/<name>", view_func=queues.queue)
admin.add_url_rule("/queues/<name>/pause", view_func=queues.pause_queue, methods=["POST"])
admin.add_url_rule("/queues/<name>/resume", view_func=queues.resume_queue, methods=["POST"])
admin.add_url_rule("/queues/<name>/cancel", view_func=queues.ask_cancel_waiting)
admin.add_url_rule("/queues/<name>/cancel", view_func=queues.cancel_waiting, methods=["POST"])
admin.add_url_rule("/jobs", view_func=jobs.jobs)
admin.add_url_rule("/jobs/<int:job_id>", view_func=jobs.job)
admin.add_url_rule("/jobs/<int:job_id>/cancel", view_func=jobs.cancel_job, methods=["POST"])
admin.add_url_rule("/jobs/<int:job_id>/retry", view_func=jobs.retry_job, methods=["POST"])
admin.add_url_rule("/jobs/<int:job_id>/discard", view_func=jobs.discard_job, methods=["POST"])
admin.add_url_rule("/jobs/discard", view_func=jobs.ask_discard_dead)
admin.add_url_rule("/jobs/discard", view_func=jobs.discard_dead, methods=["POST"])
admin.add_url_rule("/workers", view_func=workers.workers)
admin.add_url_rule("/syncs", view_func=syncs.syncs)
admin.add_url_rule("/traffic", view_func=traffic.traffic)
admin.add_url_rule("/doubts", view_func=doubts.doubts)
admin.add_url_rule("/doubts/<int:doubt_id>", view_func=doubts.answer, methods=["POST"])
admin.add_url_rule("/doubts/merge", view_func=doubts.merge, methods=["POST"])
admin.add_url_rule("/doubts/split", view_func=doubts.split, methods=["POST"])
admin.add_url_rule("/bursts", view_func=bursts.bursts)
admin.add_url_rule("/bursts/<int:burst_id>", view_func=bursts.decide, methods=["POST"])
admin.add_url_rule("/outbox", view_func=outbox.outbox)
admin.add_url_rule("/outbox/<int:mail_id>", view_func=outbox.mail)
admin.add_url_rule("/outbox/<int:mail_id>/send", view_func=outbox.send_mail_again, methods=["POST"])
admin.add_app_template_filter(figures.span)
admin.add_app_template_filter(figures.count)
admin.add_app_template_filter(figures.brief)
admin.add_app_template_filter(figures.size)
admin.add_app_template_filter(figures.moment)

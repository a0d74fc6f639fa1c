"""One worker's application to leave for one job, and what the automatic checks found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from emigrate.domains.clearances.enums import OPEN, CheckOutcome, ClearanceState, Ground
from emigrate.foundation.cases import Case, state_known


class Clearance(Case):
    """An application for an emigration clearance by the agent's route (Act, 1983, s.22).

    Only `actions` change it. `agency_id` (the agent's organisation), `person_id`, `office` and
    `country` repeat what the linked records say, for the policies and row security;
    `passport_blind` repeats the passport's blinded number, of which one application is open;
    `insured_from` repeats the first day of the insurance that stood when it was approved.
    """

    emigrant = models.ForeignKey("emigrants.Emigrant", on_delete=models.PROTECT)
    passport = models.ForeignKey("emigrants.Passport", on_delete=models.PROTECT)
    passport_blind = models.BinaryField(max_length=16, null=True)
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT)
    allotment = models.ForeignKey("demands.Allotment", on_delete=models.PROTECT)
    agent = models.ForeignKey("agents.Agent", on_delete=models.PROTECT)
    employer = models.ForeignKey("employers.Employer", on_delete=models.PROTECT)
    agency_id = models.BigIntegerField()
    employer_organisation_id = models.BigIntegerField()
    office = models.CharField(_("office"), max_length=8)
    country = models.CharField(_("country"), max_length=3)
    occupation = models.CharField(_("occupation"), max_length=4)
    contract_hash = models.BinaryField(max_length=32)
    visa_number = models.CharField(_("visa number"), max_length=40)
    visa_expires_on = models.DateField(_("visa valid until"), null=True)
    departs_on = models.DateField(_("planned departure"))
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    priority_at = models.DateTimeField(_("place in the queue"), null=True)
    officer_id = models.BigIntegerField(null=True)
    vacancy_taken = models.BooleanField(default=False)
    check_tries = models.SmallIntegerField(default=0)
    findings = models.JSONField(_("what the law found"), default=list)
    asked_on = models.DateField(_("the law asked as of"), null=True)
    ground = models.CharField(_("ground"), max_length=60, blank=True, choices=Ground.choices)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.BigIntegerField(null=True)
    not_before = models.DateTimeField(_("valid from"), null=True)
    expires_at = models.DateTimeField(_("valid until"), null=True)
    insured_from = models.DateField(_("insured from"), null=True)

    class Meta:
        constraints = [
            state_known("clearance", ClearanceState.values),
            models.UniqueConstraint(
                name="one_open_clearance_a_person",
                fields=["emigrant"],
                condition=models.Q(state__in=OPEN),
            ),
            models.UniqueConstraint(
                name="one_open_clearance_a_passport",
                fields=["passport_blind"],
                condition=models.Q(state__in=OPEN),
            ),
            models.CheckConstraint(
                name="rejected_with_a_ground",
                condition=~models.Q(state="rejected") | ~models.Q(ground=""),
            ),
            models.CheckConstraint(
                name="approved_with_its_times",
                condition=~models.Q(state="approved") | models.Q(expires_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="clearance_queue",
                fields=["office", "priority_at", "id"],
                condition=models.Q(state="queued"),
            ),
            models.Index(name="clearance_desk", fields=["office", "state", "due_at"]),
            models.Index(name="clearance_agency", fields=["agency_id", "-id"]),
            models.Index(
                name="clearance_due",
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
            ),
        ]


class Check(models.Model):
    """One automatic check with its evidence (codes, figures and references; no personal data)."""

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="checks")
    code = models.CharField(max_length=60)
    outcome = models.CharField(max_length=12, choices=CheckOutcome.choices)
    evidence = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_result_a_check", fields=["clearance", "code"]),
        ]

    def __str__(self) -> str:
        return f"{self.clearance_id} {self.code} {self.outcome}"

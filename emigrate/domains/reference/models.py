"""Codes and names that every domain refers to; loaded from `data/`, never typed by users."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Country(models.Model):
    """A country or territory of ISO 3166-1; which ones the law notifies is a figure of the law."""

    alpha3 = models.CharField(_("code"), max_length=3, primary_key=True)
    alpha2 = models.CharField(max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_hi = models.CharField(max_length=80, blank=True)
    dial_code = models.CharField(_("dialling code"), max_length=8, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    def __str__(self) -> str:
        return self.name


class State(models.Model):
    """A State or Union Territory, by its Local Government Directory code."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    name_hi = models.CharField(max_length=80, blank=True)
    is_union_territory = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """A district, by its Local Government Directory code."""

    code = models.CharField(_("code"), max_length=4, primary_key=True)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="districts")
    name = models.CharField(_("name"), max_length=60)

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """An office of a Protector of Emigrants."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    city = models.CharField(_("city"), max_length=60)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="offices")

    def __str__(self) -> str:
        return self.name


class OfficeJurisdiction(models.Model):
    """The State, or the district of a State, that an office answers for; a district wins."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="jurisdictions")
    state = models.ForeignKey(State, on_delete=models.PROTECT)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True)
    confidence = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_office_a_place", fields=["state", "district"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.district_id or self.state_id}"


class Mission(models.Model):
    """An Indian Mission or Post abroad."""

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="missions")
    city = models.CharField(_("city"), max_length=60)
    kind = models.CharField(_("kind"), max_length=30)
    is_open = models.BooleanField(_("open"))

    def __str__(self) -> str:
        return self.city


class Airport(models.Model):
    """An airport with flights abroad, by its IATA code."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    city = models.CharField(_("city"), max_length=60)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="airports")
    has_check_post = models.BooleanField(_("emigration check post"))

    def __str__(self) -> str:
        return f"{self.city} ({self.code})"


class Occupation(models.Model):
    """A unit group of ISCO-08 with its skill level (1 = elementary ... 4)."""

    code = models.CharField(_("code"), max_length=4, primary_key=True)
    title = models.CharField(_("title"), max_length=160)
    skill_level = models.SmallIntegerField(_("skill level"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="occupation_skill_level", condition=models.Q(skill_level__range=(1, 4))
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Language(models.Model):
    """A language in which people are served, by its BCP 47 tag."""

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    name = models.CharField(_("name"), max_length=40)
    native_name = models.CharField(max_length=40)
    right_to_left = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.native_name


class WorkWeek(models.Model):
    """The weekly days off of offices in a country from a day on; days count from Monday = 0."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="work_weeks")
    valid_from = models.DateField(_("from"))
    days_off = models.JSONField(_("days off"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_week_a_day", fields=["country", "valid_from"]),
        ]

    def __str__(self) -> str:
        return f"{self.country_id} {self.valid_from}"


class Holiday(models.Model):
    """A day on which no office works, or one office only; without `year` it returns every year."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True)
    month = models.SmallIntegerField(_("month"))
    day = models.SmallIntegerField(_("day"))
    year = models.SmallIntegerField(_("year"), null=True)
    name = models.CharField(_("name"), max_length=80)
    name_hi = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_holiday_a_day",
                fields=["office", "year", "month", "day"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""What people of the newsroom choose for themselves."""

import pytest
from django.urls import reverse
from screens import forms_of
from wagtail.users.models import UserProfile

pytestmark = pytest.mark.django_db


def test_who_has_no_name_yet_chooses_a_language(cast, client, newspaper):
    chief = cast["chief"]
    chief.first_name = chief.last_name = chief.email = ""
    chief.save()
    client.force_login(chief)
    address = reverse("wagtailadmin_account")
    form = next(form for form in forms_of(client.get(address).content.decode(), address) if "locale-preferred_language" in form.values)
    answer = client.post(address, form.values | {"locale-preferred_language": "en"})
    assert answer.status_code == 302
    assert UserProfile.objects.get(user=chief).preferred_language == "en"
    assert "Write a story" in client.get(reverse("wagtailadmin_home")).content.decode()

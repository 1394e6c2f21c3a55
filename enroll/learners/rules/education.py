"""Levels of education, from the lowest to the highest. Statistics, unless a certificate states an entry rule."""

from enroll.foundation.words import N_

EDUCATION_NAMES = {
    "junior_high": N_("Junior high or below"),
    "senior_high": N_("Senior high"),
    "secondary_voc": N_("Secondary vocational"),
    "junior_college": N_("Junior college"),
    "bachelor": N_("Bachelor"),
    "master": N_("Master"),
    "doctor": N_("Doctorate"),
}
EDUCATION = tuple(EDUCATION_NAMES)

/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-profiles.h"

/** What is known in a profile. */
typedef struct {
    GPtrArray *facts; /* of GVariant a{sv} as GetFacts has them, sorted by subject; or NULL, and */
    GError *error;    /* of WL_CTL_ERROR, why */
} WlCtlFacts;

/** Of each of @profiles (of WlCtlProfile), all asked at once; an array of WlCtlFacts. */
GPtrArray *wl_ctl_facts_load(GDBusConnection *bus, const GPtrArray *profiles);
/** Whom it is about, safe to print: "this member", a name, or the start of a key; to be freed. */
char *wl_ctl_fact_subject(const WlCtlProfile *profile, GVariant *fact);
/** Why it is believed or refused, safe to print, without the word "refused"; to be freed. */
char *wl_ctl_fact_rule(GVariant *fact);
/** The source, safe to print: "this member", a name, or the start of a key; to be freed. */
char *wl_ctl_fact_source(GVariant *fact);

/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profiles.h"

/** The facts of a profile. */
typedef struct {
    GPtrArray *facts; /* of GVariant a{sv}, as GetFacts returns them, sorted by subject; */
    GError *error;    /* or NULL, and this error of WL_CTL_ERROR */
} WlKnownFacts;

/** Reads those of all @profiles (of WlActiveProfile) at once; an array of WlKnownFacts. */
GPtrArray *wl_known_facts_load(GDBusConnection *bus, const GPtrArray *profiles);
/** The subject, safe to print: "this member", a name, or the start of a key; to be freed. */
char *wl_known_fact_subject(const WlActiveProfile *profile, GVariant *fact);
/** Why it is accepted or refused, safe to print, without the word "refused"; to be freed. */
char *wl_known_fact_reason(GVariant *fact);
/** The source, safe to print: "this member", a name, or the start of a key; to be freed. */
char *wl_known_fact_source(GVariant *fact);

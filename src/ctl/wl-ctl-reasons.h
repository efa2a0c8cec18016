/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-profiles.h"

typedef enum {
    WL_STEP_YES,
    WL_STEP_NO,
    WL_STEP_OPEN, /* not reached, or does not matter here */
} WlStepResult;

/** One question on the way to a direct connection. */
typedef struct {
    const char *question;
    WlStepResult result;
    char *answer; /* safe to print */
} WlStep;

/** Why a peer is direct or not. */
typedef struct {
    GPtrArray *steps;  /* of WlStep, in the order in which they come */
    char *conclusion;  /* one sentence */
    GPtrArray *advice; /* of sentences, what to do; empty where all is well */
} WlReasons;

/** @facts: as WlCtlFacts has them, or NULL if they are not to be had; @now in unix seconds. */
WlReasons *wl_reasons_new(const WlCtlProfile *profile, const WlCtlPeer *peer,
                          const GPtrArray *facts, gint64 now);
void wl_reasons_free(WlReasons *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlReasons, wl_reasons_free)

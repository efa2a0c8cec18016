/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"

typedef enum {
    WL_STEP_OK,
    WL_STEP_FAIL,
    WL_STEP_UNKNOWN, /* not reached, or irrelevant here */
} WlStepResult;

/** One step toward a direct connection. */
typedef struct {
    const char *title; /* static */
    WlStepResult result;
    char *finding; /* safe to print; several lines for several candidates */
} WlStep;

/** Why a peer is connected directly or not. */
typedef struct {
    GPtrArray *steps;  /* of WlStep, in the order in which they happen */
    char *conclusion;  /* one sentence, without a full stop */
    GPtrArray *advice; /* of sentences: what to do; empty if nothing is wrong */
} WlExplanation;

/** @facts: as in WlKnownFacts, or NULL if they could not be read; @now in Unix seconds. */
WlExplanation *wl_explanation_new(const WlActiveProfile *profile, const WlActivePeer *peer,
                                  const GPtrArray *facts, gint64 now);
void wl_explanation_free(WlExplanation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlExplanation, wl_explanation_free)

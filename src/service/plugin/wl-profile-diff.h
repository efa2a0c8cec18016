/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-engine.h"
#include "wl-profile.h"

/** What runs, for comparing with it. */
typedef struct {
    const WlProfile *profile;     /* as it was activated; secrets are not needed */
    const char *interface;        /* name of the link */
    const WlKey *public_key;      /* own */
    const WlEngineConfig *config; /* with the peers of this moment */
} WlRunning;

/** What becomes of what runs when another profile is stored in its place. */
typedef struct {
    WlProfile *profile;     /* the stored one, without secrets */
    WlEngineConfig *config; /* without private key; of peers whose preshared key is not known those
                               that are new are left out */
    GPtrArray *waiting;  /* of char*: keys as in vpn.data that count from the next activation on */
    GPtrArray *left_out; /* of char*: "peer-3-", of those peers */
    GPtrArray *keys;     /* of char*: preshared keys that are others than those that run, or
                               of new peers */
} WlProfileDiff;

/**
 * @stored with the secrets that can be had. NULL with *error, of one sentence that begins with the
 * key, if it is nothing that could run.
 */
WlProfileDiff *wl_profile_diff_new(const WlRunning *running, NMConnection *stored, GError **error);
void wl_profile_diff_free(WlProfileDiff *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfileDiff, wl_profile_diff_free)

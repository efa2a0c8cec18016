/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"
#include "wl-profile.h"

/** The active configuration to compare with. */
typedef struct {
    const WlProfile *profile;     /* as activated; secrets are not needed */
    const char *interface;        /* name of the link */
    const WlKey *public_key;      /* own */
    const WlEngineConfig *config; /* with the current peers */
} WlActiveProfile;

/** What a changed profile means for the active configuration. */
typedef struct {
    WlProfile *profile;     /* the stored profile without secrets */
    WlEngineConfig *config; /* without private key and without the skipped peers */
    GPtrArray *pending;     /* of char *: changed keys, as in vpn.data, that need a reactivation */
    GPtrArray *skipped_peers; /* of char *: "peer-3-"; new peers whose preshared key is not known */
    GPtrArray *preshared_keys; /* of char *: preshared keys that differ, or that new peers have */
} WlProfileDiff;

/**
 * Compares @stored, with the secrets that are stored with it, to @active. @link_name: the interface
 * that @stored names. Takes ownership of @stored. NULL with *error, which begins with a key, if the
 * profile is not valid.
 */
WlProfileDiff *wl_profile_diff_new(const WlActiveProfile *active, WlProfile *stored,
                                   const char *link_name, GError **error);
void wl_profile_diff_free(WlProfileDiff *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfileDiff, wl_profile_diff_free)

/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-pick.h"

/** What a command was asked about: the active profiles, or one of them, and maybe one peer. */
typedef struct {
    GDBusConnection *bus;
    WlCtlProfiles *profiles;
    const WlCtlProfile *profile; /* of the peer */
    const WlCtlPeer *peer;       /* NULL where none was asked for */
} WlCtlSubject;

void wl_ctl_subject_clear(WlCtlSubject *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WlCtlSubject, wl_ctl_subject_clear)

/**
 * Reads the active profile called @profile, or all of them if that is NULL. What is wrong is said,
 * as JSON if @json, and is what this returns; else WL_EXIT_OK.
 */
WlExit wl_ctl_subject_load(WlCtlSubject *self, const char *profile, gboolean json);
/** The same with the peer called @peer; see wl_ctl_pick_peer(). */
WlExit wl_ctl_subject_load_peer(WlCtlSubject *self, const char *profile, const char *peer,
                                WlPick manner, gboolean json);

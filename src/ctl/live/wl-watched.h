/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profiles.h"
#include "wl-signals.h"

typedef struct {
    char *name, *key, *state, *reason; /* as the service publishes them; not safe to print */
} WlWatchedPeer;

typedef struct {
    char *label; /* safe to print */
    char *id;
    GHashTable *peers; /* of WlWatchedPeer by object path */
    guint64 read;      /* place of the reply that it was read from */
} WlWatchedProfile;

/**
 * A change: "up" or "down" of a profile, with @peer NULL; "added", "removed" or "state" of a peer.
 * @old_state: its previous state, NULL if it has none or kept it.
 */
typedef void (*WlWatchedFunc)(const WlWatchedProfile *profile, const WlWatchedPeer *peer,
                              const char *change, const char *old_state, gpointer user_data);

/** The profiles and peers that a watcher knows, and how they change. */
typedef struct WlWatched WlWatched;

/** Starts from @first and reports later changes to @func. @signals must outlive the result. */
WlWatched *wl_watched_new(WlSignals *signals, const WlActiveProfiles *first, WlWatchedFunc func,
                          gpointer user_data);
void wl_watched_free(WlWatched *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlWatched, wl_watched_free)

/** Takes the oldest signal; FALSE if there is none. */
gboolean wl_watched_take_signal(WlWatched *self);
/** TRUE if a signal carried too little: the profiles must be read again. */
gboolean wl_watched_wants_read(const WlWatched *self);
/** Compares with @read, NULL if no profile is active any more. */
void wl_watched_compare(WlWatched *self, const WlActiveProfiles *read);
/** Keeps what is known, after a read that failed. */
void wl_watched_keep(WlWatched *self);

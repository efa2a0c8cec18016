/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-view.h"
#include "wl-event-list.h"

/**
 * What happened to a profile, in memory and in the file `<uuid>.events` beside its state file. The
 * file is written 5 s after a change, by a thread, and when the log is freed.
 */
typedef struct _WlEventLog WlEventLog;

/** Reads the file; one that cannot be read counts as empty. */
WlEventLog *wl_event_log_new(const char *uuid);
/** Writes what is not yet written. */
void wl_event_log_free(WlEventLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEventLog, wl_event_log_free)

/** Owned by the log. */
const WlEventList *wl_event_log_get(const WlEventLog *self);

/** @kind is that of an event of the profile; @text may be NULL. */
void wl_event_log_add(WlEventLog *self, WlEventKind kind, const char *text);
/** Records the state of a peer if it is another one than before, and that it is seen at two
 * endpoints in turn. The first state of a peer is recorded once it is reached. */
void wl_event_log_peer(WlEventLog *self, const WlPeerView *view);
/** Records that a peer was removed, if its state was recorded. */
void wl_event_log_peer_removed(WlEventLog *self, const WlKey *key);

/** Records that the profile could not be activated, without a session. */
void wl_event_log_failure(const char *uuid, const char *text);

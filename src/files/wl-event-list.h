/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What happened to a profile and its peers, as it is kept over restarts. */

#include <glib.h>

G_BEGIN_DECLS

#define WL_EVENT_LIST_SUFFIX ".events" /* after the UUID of the profile in the state directory */
#define WL_EVENT_LIST_MAX    500       /* events of a profile */

typedef enum {
    WL_EVENT_UP,         /* the profile was activated */
    WL_EVENT_DOWN,       /* it was deactivated */
    WL_EVENT_FAILED,     /* it could not be activated, or failed while it was active */
    WL_EVENT_PEER,       /* a peer has another state */
    WL_EVENT_ALTERNATES, /* a peer is seen at two endpoints in turn */
    WL_EVENT_REMOVED,    /* a peer is no member any more */
} WlEventKind;

typedef struct {
    gint64 time; /* Unix seconds */
    WlEventKind kind;
    char *key;   /* of the peer, or "" */
    char *name;  /* of the peer, or "" */
    char *state; /* of the peer after the event, or "" */
    char *text;  /* the reason, or "" */
} WlEvent;

typedef struct {
    GPtrArray *events; /* of WlEvent, oldest first */
} WlEventList;

WlEventList *wl_event_list_new(void);
void wl_event_list_free(WlEventList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEventList, wl_event_list_free)

/** "up", "down", "failed", "peer", "alternates", "removed". */
const char *wl_event_kind_to_string(WlEventKind kind);

/**
 * Adds a copy of @event; its texts may be NULL, are cut at 255 bytes, and control characters become
 * spaces. A full list first loses the oldest event of the peer that has most, so that a peer that
 * changes all the time displaces no other; the profile itself counts as a peer.
 */
void wl_event_list_add(WlEventList *self, const WlEvent *event);
/** One line for each event; to be freed with g_free(). */
char *wl_event_list_to_text(const WlEventList *self);
/** Adds the events of @text; invalid lines are left out. */
void wl_event_list_parse(WlEventList *self, const char *text);

G_END_DECLS

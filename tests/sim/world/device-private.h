/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/device.h"

#include "world/heap.h"
#include "world/owners.h"

typedef struct {
    guint64 number; /* 0: none */
    gint64 created;
    gboolean initiator;
    gboolean refreshed; /* renewal was requested near its end */
    guint64 sent;
    guint64 highest, seen; /* received counters: the highest, and a mask of the ones below */
} DeviceSession;

typedef enum {
    TIMER_RETRY,
    TIMER_PASSIVE,
    TIMER_SILENCE,
    TIMER_PERSISTENT,
    TIMER_N,
} DeviceTimer;

typedef struct {
    SimWait wait; /* first, see peer_of() */
    WlKey key;
    WlEndpoint endpoint;
    WlEndpoint place; /* source of the last authenticated packet */
    GArray *allowed;
    guint16 keepalive;
    DeviceSession current, previous, next;
    GQueue staged;     /* of SimPacket */
    guint64 handshake; /* the pending one; 0: none */
    gint64 initiated;  /* the last initiation or response sent */
    guint attempts;
    gint64 timers[TIMER_N]; /* SIM_NEVER: off */
    gboolean another_keepalive;
    gint64 consumed, stamp; /* of the last initiation received */
    gint64 last_handshake;  /* wall clock; only if has_handshake */
    gboolean has_handshake;
    guint64 rx, tx;
    WlDevicePeer *shown;   /* in the dump of the device */
    gboolean shows_others; /* `shown` has other allowed IPs */
} DevicePeer;

struct _SimDevice {
    WlKey public_key;
    guint16 port;
    SimDeviceCallbacks callbacks;
    gpointer user_data;
    gint64 now, wall_offset;
    GPtrArray *peers;   /* owned, in the order they were added */
    GHashTable *by_key; /* WlKey* -> DevicePeer */
    WlDevice *dump;     /* the last one; its peers are in the order of `peers` */
    SimOwners *owners;  /* prefix -> DevicePeer */
    SimHeap heap;
    guint64 serial;
    guint initiations;
    guint64 dropped;
};

DevicePeer *device_find_peer(const SimDevice *self, const WlKey *key);
/** The usable one with that number; NULL: none. */
DeviceSession *device_find_session(SimDevice *self, DevicePeer *peer, guint64 number);
gboolean device_session_is_usable(const SimDevice *self, const DeviceSession *session);
/** @when SIM_NEVER turns it off. */
void device_set_timer(SimDevice *self, DevicePeer *peer, DeviceTimer timer, gint64 when);
/** Sends an initiation, unless the last was sent less than REKEY_TIMEOUT ago. @retry: continues the
 * attempts that are counted. */
void device_initiate(SimDevice *self, DevicePeer *peer, gboolean retry);
void device_peer_free(DevicePeer *peer);

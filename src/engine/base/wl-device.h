/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

/** The state of a WireGuard device: plain data that the link reads and the engine evaluates. */
typedef struct {
    WlKey public_key;
    WlEndpoint endpoint;  /* family NONE: none */
    gint64 handshake_age; /* µs since the last handshake; -1: never */
    guint64 rx_bytes, tx_bytes;
    guint16 keepalive;   /* s; 0: off */
    GArray *allowed_ips; /* of WlPrefix */
} WlDevicePeer;

typedef struct {
    WlKey public_key; /* own */
    guint16 listen_port;
    guint64 dropped;  /* packets dropped since the link was created because the allowed IPs of
                         their peer do not contain their source; kernel only, else 0 */
    GPtrArray *peers; /* of WlDevicePeer, owned */
} WlDevice;

WlDevicePeer *wl_device_peer_new(const WlKey *public_key);
void wl_device_peer_free(WlDevicePeer *peer);
WlDevice *wl_device_new(void);
void wl_device_free(WlDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDevicePeer, wl_device_peer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDevice, wl_device_free)
/** The peer with that key, owned by @device, or NULL. */
WlDevicePeer *wl_device_find(const WlDevice *device, const WlKey *public_key);

typedef enum {
    WL_PEER_ADD,      /* with all fields below */
    WL_PEER_UPDATE,   /* the endpoint if set, the rest by its flags; never creates a peer */
    WL_PEER_RECREATE, /* remove and add with all fields below in one request: resets the initiation
                         limit of WireGuard and removes the endpoint if none is set */
    WL_PEER_REMOVE,
} WlPeerChangeKind;

/** One change to one peer of the device. Freeing wipes the preshared key. */
typedef struct {
    WlPeerChangeKind kind;
    WlKey public_key;
    WlEndpoint endpoint;          /* family NONE: keep (UPDATE), no endpoint (ADD, RECREATE) */
    gboolean replace_allowed_ips; /* UPDATE: FALSE keeps them */
    GArray *allowed_ips;          /* of WlPrefix, masked; the complete new list */
    gboolean replace_settings;    /* UPDATE: FALSE keeps preshared key and keepalive */
    gboolean has_preshared_key;
    WlKey preshared_key;
    guint16 keepalive; /* s */
} WlPeerChange;

WlPeerChange *wl_peer_change_new(WlPeerChangeKind kind, const WlKey *public_key);
void wl_peer_change_free(WlPeerChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPeerChange, wl_peer_change_free)

/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

/** What a WireGuard device looks like now: the plain data between engine and link. */
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
    guint64 dropped;  /* packets received from a peer whose allowed IPs do not have their source,
                         since the link was made; kernel only, else 0 */
    GPtrArray *peers; /* of WlDevicePeer, owned */
} WlDevice;

WlDevicePeer *wl_device_peer_new(const WlKey *public_key);
void wl_device_peer_free(WlDevicePeer *peer);
WlDevice *wl_device_new(void);
void wl_device_free(WlDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDevicePeer, wl_device_peer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDevice, wl_device_free)
/** The peer with that key, or NULL. */
WlDevicePeer *wl_device_find(const WlDevice *device, const WlKey *public_key);

typedef enum {
    WL_PEER_ADD,      /* with everything below */
    WL_PEER_UPDATE,   /* endpoint if set; the rest as its flags say; never re-creates */
    WL_PEER_RECREATE, /* removed and added with everything below in one request: resets WireGuard's
                         initiation limit, and takes an endpoint away when none is set */
    WL_PEER_REMOVE,
} WlPeerChangeKind;

/** One change to one peer of the device. Carries a preshared key: freed with wiping. */
typedef struct {
    WlPeerChangeKind kind;
    WlKey public_key;
    WlEndpoint endpoint;          /* family NONE: leave (UPDATE) or none (ADD, RECREATE) */
    gboolean replace_allowed_ips; /* UPDATE: FALSE leaves them */
    GArray *allowed_ips;          /* of WlPrefix, masked; whole new list */
    gboolean replace_settings;    /* UPDATE: FALSE leaves the preshared key and the keepalive */
    gboolean has_preshared_key;
    WlKey preshared_key;
    guint16 keepalive; /* s */
} WlPeerChange;

WlPeerChange *wl_peer_change_new(WlPeerChangeKind kind, const WlKey *public_key);
void wl_peer_change_free(WlPeerChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPeerChange, wl_peer_change_free)

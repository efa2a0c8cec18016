/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"
#include "wl-trust.h"

#define WL_ENGINE_ERROR (wl_engine_error_quark())
typedef enum {
    WL_ENGINE_ERROR_KEY,       /* a key that cannot be used */
    WL_ENGINE_ERROR_DUPLICATE, /* two peers with one key or one link-local address */
    WL_ENGINE_ERROR_UNKNOWN,   /* no such peer, or no such address of it */
    WL_ENGINE_ERROR_PROFILE,   /* the profile says so, and only the profile can take it back */
    WL_ENGINE_ERROR_MEMORY,    /* what was stored cannot be read */
} WlEngineError;
GQuark wl_engine_error_quark(void);

typedef enum {
    WL_ROLE_AUTOMATIC, /* router while no peer is one (docs/protocol.md 6.5) */
    WL_ROLE_LEAF,
    WL_ROLE_ROUTER,
} WlRole;

/** A peer as the profile names it. */
typedef struct {
    WlKey public_key;
    char *name;           /* NULL: none */
    GPtrArray *endpoints; /* of char*: "host:port", literal or to be resolved */
    GArray *allowed_ips;  /* of WlPrefix, masked */
    WlTrust trust;        /* WL_TRUST_UNSET: none */
    gboolean basic;       /* runs WireGuard only */
    gboolean fact_exchanger;
    gboolean has_preshared_key;
    WlKey preshared_key;
    guint16 keepalive; /* s; 0: off */
} WlPeerConfig;

typedef struct {
    WlKey private_key;
    guint16 listen_port; /* of WireGuard; announced with our addresses */
    WlRole role;
    gboolean chatty;
    char *name;        /* own, NULL: none */
    GArray *addresses; /* of WlPrefix: own tunnel addresses, host bits kept */
    GArray *networks;  /* of WlPrefix: what facts may claim; empty: subnets of `addresses` */
    GPtrArray *peers;  /* of WlPeerConfig, owned; an entry for the own key sets own name, trust,
                          allowed IPs */
} WlEngineConfig;

WlPeerConfig *wl_peer_config_new(const WlKey *public_key);
void wl_peer_config_free(WlPeerConfig *config); /* wipes */
WlEngineConfig *wl_engine_config_new(void);
void wl_engine_config_free(WlEngineConfig *config); /* wipes */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPeerConfig, wl_peer_config_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEngineConfig, wl_engine_config_free)

/** A deep copy. */
WlEngineConfig *wl_engine_config_copy(const WlEngineConfig *config);
WlPeerConfig *wl_peer_config_copy(const WlPeerConfig *config);
gboolean wl_peer_config_equal(const WlPeerConfig *a, const WlPeerConfig *b);
/** The same preshared key and keepalive: what WireGuard is told of a peer besides where it is.
 * NULL: it has neither. */
gboolean wl_peer_config_same_settings(const WlPeerConfig *a, const WlPeerConfig *b);
/** FALSE with *error if the configuration contradicts itself; *public_key gets the own key. */
gboolean wl_engine_config_check(const WlEngineConfig *config, WlKey *public_key, GError **error);
/** The same for its peers alone, where the own key is known. */
gboolean wl_engine_config_check_peers(const WlEngineConfig *config, const WlKey *public_key,
                                      GError **error);
/** The entry for @key, or NULL. */
const WlPeerConfig *wl_engine_config_find(const WlEngineConfig *config, const WlKey *key);
/** TRUE if the configured allowed IPs make it a router; default routes count (docs/engine.md
 * "Membership"). */
gboolean wl_peer_config_is_router(const WlPeerConfig *config);
gboolean wl_peer_config_same_endpoints(const WlPeerConfig *a, const WlPeerConfig *b);
gboolean wl_peer_config_same_allowed_ips(const WlPeerConfig *a, const WlPeerConfig *b);

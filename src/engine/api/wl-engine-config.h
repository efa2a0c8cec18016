/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"
#include "wl-trust.h"

/*
 * The configuration of the engine, which the service derives from the profile. Plain data, owned by
 * its creator; freeing wipes the keys.
 */

#define WL_ENGINE_ERROR (wl_engine_error_quark())
typedef enum {
    WL_ENGINE_ERROR_KEY,       /* an unusable key */
    WL_ENGINE_ERROR_DUPLICATE, /* two peers with the same key or link-local address */
    WL_ENGINE_ERROR_UNKNOWN,   /* no such peer or endpoint */
    WL_ENGINE_ERROR_PROFILE,   /* set by the profile, and only the profile can change it */
    WL_ENGINE_ERROR_STATE,     /* the stored state cannot be read */
} WlEngineError;
GQuark wl_engine_error_quark(void);

typedef enum {
    WL_ROLE_AUTOMATIC, /* router while no peer is one (docs/protocol.md 6.5) */
    WL_ROLE_LEAF,
    WL_ROLE_ROUTER,
} WlRole;

/** A peer as the profile configures it. */
typedef struct {
    WlKey public_key;
    char *name;           /* NULL: none */
    GPtrArray *endpoints; /* of char*: "host:port" with a literal address or a name */
    GArray *allowed_ips;  /* of WlPrefix, masked */
    WlTrust trust;        /* WL_TRUST_UNSET: not configured */
    gboolean basic;       /* runs WireGuard alone */
    gboolean fact_exchanger;
    gboolean has_preshared_key;
    WlKey preshared_key;
    guint16 keepalive; /* s; 0: off */
} WlPeerConfig;

typedef struct {
    WlKey private_key;
    guint16 listen_port; /* of WireGuard; announced with the addresses of this machine */
    WlRole role;
    gboolean chatty;
    char *name;        /* of this member; NULL: none */
    GArray *addresses; /* of WlPrefix: own tunnel addresses, host bits kept */
    GArray *networks;  /* of WlPrefix: facts may claim prefixes within them; empty: the subnets of
                           `addresses` */
    GPtrArray *peers;  /* of WlPeerConfig, owned; an entry with the own key sets name, trust and
                           allowed IPs of this member */
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
/** TRUE if preshared key and keepalive are the same. NULL is a peer with neither. */
gboolean wl_peer_config_same_settings(const WlPeerConfig *a, const WlPeerConfig *b);
/** FALSE with *error if the configuration contradicts itself: an unusable key, two peers with the
 * same key or link-local address. *public_key gets the own key. */
gboolean wl_engine_config_check(const WlEngineConfig *config, WlKey *public_key, GError **error);
/** The same for the peers alone, given the own key. */
gboolean wl_engine_config_check_peers(const WlEngineConfig *config, const WlKey *public_key,
                                      GError **error);
/** The entry of @key, owned by @config, or NULL. */
const WlPeerConfig *wl_engine_config_find(const WlEngineConfig *config, const WlKey *key);
gboolean wl_peer_config_same_endpoints(const WlPeerConfig *a, const WlPeerConfig *b);
gboolean wl_peer_config_same_allowed_ips(const WlPeerConfig *a, const WlPeerConfig *b);

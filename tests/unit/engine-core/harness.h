/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"

#define SEC(n) ((gint64) (n) *G_USEC_PER_SEC)
#define MS(n)  ((gint64) (n) *1000)

#define HARNESS_HUB_ENDPOINT "203.0.113.1:51820"

/** One engine by itself: the test plays the device, the clock and the other members. */
typedef struct {
    WlEngine *engine;
    gint64 now;
    GRand *random;
    WlDevice *device;       /* changes are applied to it; tests set the rest */
    GHashTable *handshakes; /* WlKey* -> gint64*: time of the last handshake */
    GPtrArray *outputs;     /* of WlOutput, since harness_clear() */
    GPtrArray *members;     /* of HarnessMember, owned */
    WlPeerView view;
    guint wakeups, snapshots;
    gboolean no_neighbors; /* no neighbor replies unless the test does */
    gboolean no_device;    /* snapshots are requested but never delivered */
} Harness;

/** Another member of the network. */
typedef struct {
    Harness *harness;
    WlKey private_key, key;
    WlIp link_local;
    WlSigner *signer;
    WlBootId boot_id;
    WlPathMessage path; /* its side of the path agreement; it acks probes if it is native */
    gboolean mute;      /* nothing from it arrives */
} HarnessMember;

WlIp harness_ip(const char *text);
WlPrefix harness_prefix(const char *text);
WlEndpoint harness_endpoint(const char *text);
/** @number gives the keys, in no particular order. */
HarnessMember *harness_member(Harness *harness, guint number);

Harness *harness_new(void);
void harness_free(Harness *harness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Harness, harness_free)
/** Own keys are those of member 0; tunnel address 10.77.0.2/24. */
WlEngineConfig *harness_config(Harness *harness, WlRole role);
WlPeerConfig *harness_add(WlEngineConfig *config, const HarnessMember *member, const char *endpoint,
                          const char *allowed_ips);
/** Takes @config. */
void harness_start(Harness *harness, WlEngineConfig *config);
/** The profile is @config from now on, which is taken. */
void harness_change(Harness *harness, WlEngineConfig *config);
/** One uplink, "192.168.1.10/24" and so on; NULL: none. */
void harness_uplink(Harness *harness, const char *address);

/** Carries out changes and snapshots; the rest stays in `outputs`. */
void harness_drain(Harness *harness);
void harness_clear(Harness *harness);
/** Lets time pass as the engine asks for it. */
void harness_run(Harness *harness, gint64 duration);
/** A handshake with @member on @endpoint now. The engine notices by its next snapshot. */
void harness_handshake(Harness *harness, const HarnessMember *member, const char *endpoint);
void harness_snapshot(Harness *harness);

/** Datagrams from @member. */
void harness_datagram(Harness *harness, const HarnessMember *member, const GArray *facts);
void harness_alive(Harness *harness, const HarnessMember *member);
/** From now on it has the boot id of a native member. */
void harness_make_native(HarnessMember *member);
/** The round trip to @member is 50 ms; the harness answers at once, as a near member does. */
void harness_set_far(Harness *self, const HarnessMember *member);
void harness_advertise_path(Harness *harness, const HarnessMember *member,
                            const WlPathMessage *way);
void harness_advertise_endpoint(Harness *harness, const HarnessMember *from,
                                const HarnessMember *about, const char *endpoint, guint ttl);
void harness_advertise_allowed(Harness *harness, const HarnessMember *from,
                               const HarnessMember *about, const char *prefix, guint ttl);
void harness_advertise_member(Harness *harness, const HarnessMember *from,
                              const HarnessMember *about, const char *name, guint ttl);
/** The verdict on the fact from @from. */
WlVerdict harness_verdict_allowed(Harness *harness, const HarnessMember *from,
                                  const HarnessMember *about, const char *prefix);

/** Facts sent to @member since harness_clear(), decoded by it (of WlFact). */
GArray *harness_sent(Harness *harness, const HarnessMember *member);
gboolean harness_sent_endpoint(Harness *harness, const HarnessMember *to, const WlKey *about,
                               const char *endpoint);
gboolean harness_sent_allowed(Harness *harness, const HarnessMember *to, const WlKey *about,
                              const char *prefix);
guint harness_count(Harness *harness, WlOutputKind kind);
/** Changes of @member since harness_clear(). */
guint harness_changes(Harness *harness, const HarnessMember *member, WlPeerChangeKind kind);
gboolean harness_has_allowed(Harness *harness, const HarnessMember *member, const char *prefix);
gboolean harness_has_route(Harness *harness, const char *prefix);
/** Until the next call. */
const WlPeerView *harness_view(Harness *harness, const HarnessMember *member);
guint harness_n_peers(Harness *harness);

/** A leaf with a hub and one other leaf, as in the demo. Members: 1 hub, 2 desktop, 3 and up
 * strangers. */
Harness *harness_leaf_new(void);
/** A handshake with member @number on @endpoint, and its Alive. */
void harness_meet(Harness *harness, guint number, const char *endpoint);
/** Lets time pass with the members @first to @last rekeying and saying Alive as they should. */
void harness_live(Harness *harness, gint64 duration, guint first, guint last);

/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"

/** What a member says of a peer. */
typedef struct {
    WlPeerState state;
    const char *reason; /* one sentence; NULL: it gives none. Lasts until its next input */
    const char *name;   /* likewise */
    gboolean healthy, alive;
} SimPeerStatus;

/**
 * A kind of member: a pure machine in the manner of WlEngine, whose inputs and outputs have the
 * same meaning. What may be NULL is not something that kind knows of.
 */
typedef struct {
    const char *name;
    gboolean own_entry;  /* its configuration names itself among the peers (own name) */
    gboolean sees_sleep; /* its clock goes on while the machine sleeps */

    gpointer (*create)(const WlEngineConfig *config, gint64 now, WlRandomFunc random,
                       gpointer user_data, GError **error);
    void (*free)(gpointer self);

    void (*time)(gpointer self, gint64 now);
    void (*snapshot)(gpointer self, gint64 now, const WlDevice *device);
    void (*datagram)(gpointer self, gint64 now, const WlIp *source, const guint8 *data,
                     gsize length);
    void (*local_addresses)(gpointer self, gint64 now, const WlLocalAddress *addresses, gsize n);
    void (*resolved)(gpointer self, gint64 now, const char *name, const WlEndpoint *endpoints,
                     gsize n);
    void (*send_failed)(gpointer self, gint64 now, const WlKey *key);
    void (*echo_reply)(gpointer self, gint64 now, const WlKey *key, guint16 sequence); /* NULL */
    void (*traffic_began)(gpointer self, gint64 now, const WlIp *destination);         /* NULL */
    void (*neighbor_result)(gpointer self, gint64 now, const WlIp *address, guint32 ifindex,
                            gboolean reachable);                                  /* NULL */
    void (*resumed)(gpointer self, gint64 now);                                   /* NULL */
    void (*connectivity)(gpointer self, gint64 now, WlConnectivity connectivity); /* NULL */
    void (*protected_hosts)(gpointer self, gint64 now, const WlIp *protected_hosts,
                            gsize n);                  /* NULL */
    void (*link_recreated)(gpointer self, gint64 now); /* NULL */
    /* another profile; NULL: only the next start reads it */
    gboolean (*reload_profile)(gpointer self, gint64 now, const WlEngineConfig *config,
                               GError **error);
    gboolean (*load_state)(gpointer self, gint64 now, const char *saved_state, gsize length,
                           GError **error); /* NULL */
    char *(*dup_state)(gconstpointer self); /* NULL */

    WlOutput *(*next_output)(gpointer self);
    gint64 (*get_deadline)(gconstpointer self);
    /** FALSE if it knows no such peer. */
    gboolean (*get_peer_status)(gconstpointer self, gint64 now, const WlKey *key,
                                SimPeerStatus *status);
    gboolean (*is_router)(gconstpointer self);
} SimMemberKind;

/** The engine of this project. */
extern const SimMemberKind sim_member_native;
/** The Go daemon's time and rules. */
extern const SimMemberKind sim_member_go;

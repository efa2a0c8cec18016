/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/**
 * The member on a host: the engine of this project or the model of the Go daemon. Both are pure
 * machines with inputs and outputs of the same meaning; the common ones are here. Functions of the
 * engine alone are called directly, where host->engine is set. A host owns its member. Each
 * function requires a running member and takes the time from the host.
 */

/** The state of a peer as the member reports it. The texts are valid until its next input. */
typedef struct {
    WlPeerState state;
    const char *reason; /* one sentence; NULL: none */
    const char *name;
    gboolean healthy, alive;
} SimPeerStatus;

gboolean sim_member_is_running(const SimHost *host);
/** FALSE with *error if the profile is refused. The host must not have a member. */
gboolean sim_member_create(SimHost *host, GError **error);
void sim_member_free(SimHost *host);

/* Inputs */
void sim_member_time(SimHost *host);
void sim_member_snapshot(SimHost *host, const WlDevice *device);
void sim_member_datagram(SimHost *host, const WlIp *source, GBytes *bytes);
void sim_member_local_addresses(SimHost *host, const GArray *addresses);
void sim_member_resolved(SimHost *host, const char *name, const GArray *endpoints);
void sim_member_send_failed(SimHost *host, const WlKey *key);

/** The next output, to be freed; NULL: none. */
WlOutput *sim_member_next_output(SimHost *host);
/** In the time of the world, µs; SIM_NEVER: none. */
gint64 sim_member_get_deadline(const SimHost *host);
gboolean sim_member_is_router(const SimHost *host);
/** FALSE if there is no member or it does not have the peer. */
gboolean sim_member_get_peer(const SimHost *host, const SimHost *peer, SimPeerStatus *status);
gboolean sim_member_get_peer_by_key(const SimHost *host, const WlKey *key, SimPeerStatus *status);

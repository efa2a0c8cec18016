/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The state of a peer and its reason: each row is a rule. */

#include "view/wl-peer-status-decide.h"

#define IF(condition) WL_PEER_IF_##condition
#define ALL           ((IF(BACKED_OFF) << 1) - 1)

typedef struct {
    const char *name;
    guint conditions;
    WlPeerState state;
    WlReasonId reason;
} Row;

/* clang-format off */
static const Row rows[] = {
    {"nothing is known of a new peer, and there is no uplink", 0,
     WL_PEER_OFFLINE, WL_REASON_NO_UPLINK},
    {"without an uplink a session does not count", ALL & ~IF(UPLINK),
     WL_PEER_OFFLINE, WL_REASON_NO_UPLINK},
    {"on the same network the direct path is on the network", ALL,
     WL_PEER_DIRECT_LAN, WL_REASON_DIRECT_LAN},
    {"elsewhere it is direct", ALL & ~IF(ON_LINK),
     WL_PEER_DIRECT, WL_REASON_DIRECT},
    {"a silent peer is not called direct", ALL | IF(SILENT),
     WL_PEER_CONNECTING, WL_REASON_NO_REPLY},
    {"wherever it is", (ALL & ~IF(ON_LINK)) | IF(SILENT),
     WL_PEER_CONNECTING, WL_REASON_NO_REPLY},
    {"silence without a session means nothing", (ALL & ~IF(HEALTHY)) | IF(SILENT),
     WL_PEER_ROUTED, WL_REASON_ROUTED},
    {"nor does it on the path by a router", (ALL & ~IF(DIRECT)) | IF(SILENT),
     WL_PEER_ROUTED, WL_REASON_ROUTED_SILENT},
    {"nor without an uplink", (ALL & ~IF(UPLINK)) | IF(SILENT),
     WL_PEER_OFFLINE, WL_REASON_NO_UPLINK},
    {"a direct path needs no router", IF(UPLINK) | IF(HEALTHY) | IF(DIRECT) | IF(CANDIDATES),
     WL_PEER_DIRECT, WL_REASON_DIRECT},
    {"the direct path needs a session", ALL & ~IF(HEALTHY),
     WL_PEER_ROUTED, WL_REASON_ROUTED},
    {"a peer that fell back was silent", ALL & ~IF(DIRECT),
     WL_PEER_ROUTED, WL_REASON_ROUTED_SILENT},
    {"a peer that was never direct is being verified", ALL & ~(IF(DIRECT) | IF(PROMOTED)),
     WL_PEER_ROUTED, WL_REASON_ROUTED_VERIFYING},
    {"a router that is not used now, or a leaf that another router holds",
     (ALL & ~IF(DIRECT)) | IF(STANDBY), WL_PEER_ROUTED, WL_REASON_ROUTED_STANDBY},
    {"while it is used, it is direct", ALL | IF(STANDBY), WL_PEER_DIRECT_LAN, WL_REASON_DIRECT_LAN},
    {"a session needs no candidate to be verified", IF(UPLINK) | IF(HEALTHY) | IF(VIA),
     WL_PEER_ROUTED, WL_REASON_ROUTED_VERIFYING},
    {"a routed peer may have no endpoint", IF(UPLINK) | IF(VIA),
     WL_PEER_ROUTED, WL_REASON_ROUTED_NO_ENDPOINT},
    {"a routed peer may have been seen inside the tunnel", IF(UPLINK) | IF(VIA) | IF(INNER),
     WL_PEER_ROUTED, WL_REASON_ROUTED_INNER},
    {"also with other candidates", IF(UPLINK) | IF(VIA) | IF(INNER) | IF(CANDIDATES),
     WL_PEER_ROUTED, WL_REASON_ROUTED_INNER},
    {"but not with a session elsewhere", IF(UPLINK) | IF(HEALTHY) | IF(VIA) | IF(INNER),
     WL_PEER_ROUTED, WL_REASON_ROUTED_VERIFYING},
    {"without a router it is offline", IF(UPLINK) | IF(INNER), WL_PEER_OFFLINE, WL_REASON_INNER},
    {"unless there is another candidate", IF(UPLINK) | IF(INNER) | IF(CANDIDATES),
     WL_PEER_CONNECTING, WL_REASON_TRYING},
    {"a routed peer is not offline because of a name", IF(UPLINK) | IF(VIA) | IF(UNRESOLVED),
     WL_PEER_ROUTED, WL_REASON_ROUTED_NO_ENDPOINT},
    {"a routed peer stays routed when its tries are rare",
     IF(UPLINK) | IF(VIA) | IF(CANDIDATES) | IF(BACKED_OFF),
     WL_PEER_ROUTED, WL_REASON_ROUTED},
    {"a session without an Alive is not enough", IF(UPLINK) | IF(HEALTHY),
     WL_PEER_CONNECTING, WL_REASON_NOT_ALIVE},
    {"nor is one with candidates", IF(UPLINK) | IF(HEALTHY) | IF(CANDIDATES) | IF(BACKED_OFF),
     WL_PEER_CONNECTING, WL_REASON_NOT_ALIVE},
    {"without candidates it waits for an endpoint", IF(UPLINK),
     WL_PEER_OFFLINE, WL_REASON_WAITING_FOR_ENDPOINT},
    {"so it does after earlier tries", IF(UPLINK) | IF(PROMOTED) | IF(BACKED_OFF),
     WL_PEER_OFFLINE, WL_REASON_WAITING_FOR_ENDPOINT},
    {"a name that does not resolve is named", IF(UPLINK) | IF(UNRESOLVED),
     WL_PEER_OFFLINE, WL_REASON_NAME_UNRESOLVED},
    {"but not if there is another endpoint", IF(UPLINK) | IF(UNRESOLVED) | IF(CANDIDATES),
     WL_PEER_CONNECTING, WL_REASON_TRYING},
    {"candidates are tried", IF(UPLINK) | IF(CANDIDATES),
     WL_PEER_CONNECTING, WL_REASON_TRYING},
    {"after a while the peer counts as offline", IF(UPLINK) | IF(CANDIDATES) | IF(BACKED_OFF),
     WL_PEER_OFFLINE, WL_REASON_NO_ANSWER},
    {"an unused address is stated while it is tried", IF(UPLINK) | IF(CANDIDATES) | IF(UNUSED),
     WL_PEER_CONNECTING, WL_REASON_ADDRESS_UNUSED},
    {"and when the tries are rare",
     IF(UPLINK) | IF(CANDIDATES) | IF(UNUSED) | IF(BACKED_OFF),
     WL_PEER_OFFLINE, WL_REASON_ADDRESS_UNUSED},
};
/* clang-format on */

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    WlPeerStatusDecision decision = wl_peer_status_decide(row->conditions);

    g_assert_cmpint(decision.state, ==, row->state);
    g_assert_cmpstr(wl_reason_id_to_string(decision.reason), ==,
                    wl_reason_id_to_string(row->reason));
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/peer-status-decide/%s", rows[i].name);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    return g_test_run();
}

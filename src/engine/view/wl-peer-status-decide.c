/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/wl-peer-status-decide.h"

#define IF(condition) WL_PEER_IF_##condition

/* The first row holds whose conditions are met. */
static const struct {
    guint with, without; /* of WlPeerCondition */
    WlPeerStatusDecision decision;
} rows[] = {
    {0, IF(UPLINK), {WL_PEER_OFFLINE, WL_REASON_NO_UPLINK}},

    {IF(HEALTHY) | IF(DIRECT) | IF(SILENT), 0, {WL_PEER_CONNECTING, WL_REASON_NO_REPLY}},
    {IF(HEALTHY) | IF(DIRECT) | IF(ON_LINK), 0, {WL_PEER_DIRECT_LAN, WL_REASON_DIRECT_LAN}},
    {IF(HEALTHY) | IF(DIRECT), 0, {WL_PEER_DIRECT, WL_REASON_DIRECT}},

    {IF(VIA) | IF(HEALTHY) | IF(STANDBY), 0, {WL_PEER_ROUTED, WL_REASON_ROUTED_STANDBY}},
    {IF(VIA) | IF(HEALTHY) | IF(PROMOTED), 0, {WL_PEER_ROUTED, WL_REASON_ROUTED_SILENT}},
    {IF(VIA) | IF(HEALTHY), 0, {WL_PEER_ROUTED, WL_REASON_ROUTED_VERIFYING}},
    {IF(VIA) | IF(INNER), 0, {WL_PEER_ROUTED, WL_REASON_ROUTED_INNER}},
    {IF(VIA) | IF(CANDIDATES), 0, {WL_PEER_ROUTED, WL_REASON_ROUTED}},
    {IF(VIA), 0, {WL_PEER_ROUTED, WL_REASON_ROUTED_NO_ENDPOINT}},

    {IF(HEALTHY), 0, {WL_PEER_CONNECTING, WL_REASON_NOT_ALIVE}},
    {IF(UNRESOLVED), IF(CANDIDATES), {WL_PEER_OFFLINE, WL_REASON_NAME_UNRESOLVED}},
    {IF(INNER), IF(CANDIDATES), {WL_PEER_OFFLINE, WL_REASON_INNER}},
    {0, IF(CANDIDATES), {WL_PEER_OFFLINE, WL_REASON_WAITING_FOR_ENDPOINT}},
    {IF(UNUSED), IF(BACKED_OFF), {WL_PEER_CONNECTING, WL_REASON_ADDRESS_UNUSED}},
    {IF(UNUSED), 0, {WL_PEER_OFFLINE, WL_REASON_ADDRESS_UNUSED}},
    {0, IF(BACKED_OFF), {WL_PEER_CONNECTING, WL_REASON_TRYING}},
    {0, 0, {WL_PEER_OFFLINE, WL_REASON_NO_ANSWER}},
};

WlPeerStatusDecision
wl_peer_status_decide(guint conditions)
{
    guint i = 0;

    while ((conditions & rows[i].with) != rows[i].with || (conditions & rows[i].without) != 0)
        i++;
    return rows[i].decision;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules that close WireGuard's way out. A WlSendGate owns its rules in the kernel, and removes
 * them when freed; wl-policy-routes.c removes those of killed processes. Errors are of
 * WL_LINK_ERROR.
 */
#include "wl-send-gate.h"

#include <errno.h>
#include <sys/socket.h>

#include "wl-link-error.h"
#include "wl-policy-routes.h"
#include "wl-rtnl-message.h"
#include "wl-rtnl-rule.h"

struct _WlSendGate {
    WlNetlink *netlink;
    guint32 mark;
    guint16 listen_port;
    gboolean closed[2]; /* IPv4, IPv6 */
};

static const int families[] = {AF_INET, AF_INET6};

WlSendGate *
wl_send_gate_new(const char *uuid, guint16 listen_port, GError **error)
{
    g_autoptr(WlSendGate) self = g_new0(WlSendGate, 1);

    self->mark = wl_policy_routes_fwmark(uuid);
    self->listen_port = listen_port;
    self->netlink = wl_netlink_new(NETLINK_ROUTE, error);
    return self->netlink ? g_steal_pointer(&self) : NULL;
}

static int
close_gate(const WlSendGate *self, int family)
{
    const WlRtnlRule rule = {
        .priority = WL_SEND_GATE_PRIORITY,
        .table = self->mark,
        .unreachable = TRUE,
        .local = TRUE,
        .udp_source_port = self->listen_port,
    };
    int result = wl_rtnl_add_rule(self->netlink, family, WL_ROUTE_PROTOCOL, &rule);

    return result == -EEXIST ? 0 : result;
}

static int
open_gate(const WlSendGate *self, int family)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    int result = wl_rtnl_list_rules(self->netlink, family, messages);

    for (guint i = 0; result == 0 && i < messages->len; i++) {
        WlRtnlRule rule;

        if (!wl_rtnl_parse_rule(messages->pdata[i], &rule) ||
            rule.priority != WL_SEND_GATE_PRIORITY || rule.protocol != WL_ROUTE_PROTOCOL ||
            rule.table != self->mark)
            continue;
        result = wl_rtnl_delete_same(self->netlink, messages->pdata[i]);
    }
    return result;
}

gboolean
wl_send_gate_set(WlSendGate *self, WlFamily family, gboolean closed, GError **error)
{
    guint i = family == WL_FAMILY_V6;
    int result;

    if (self->closed[i] == closed)
        return TRUE;
    result = closed ? close_gate(self, families[i]) : open_gate(self, families[i]);
    if (result == 0) {
        self->closed[i] = closed;
        return TRUE;
    }
    wl_link_set_errno(error, result, "cannot %s the %s rule of the listen port",
                      closed ? "add" : "remove", i == 0 ? "IPv4" : "IPv6");
    return FALSE;
}

void
wl_send_gate_free(WlSendGate *self)
{
    if (!self)
        return;
    for (guint i = 0; self->netlink && i < G_N_ELEMENTS(families); i++) {
        if (self->closed[i])
            open_gate(self, families[i]);
    }
    wl_netlink_free(self->netlink);
    g_free(self);
}

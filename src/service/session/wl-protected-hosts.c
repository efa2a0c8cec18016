/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The hosts for which the engine accepts no routes through the tunnel. */

#include "wl-protected-hosts.h"

#include <string.h>

struct _WlProtectedHosts {
    GArray *gateways; /* of WlIp */
    GArray *dns;      /* of WlDnsServer */
};

WlProtectedHosts *
wl_protected_hosts_new(void)
{
    WlProtectedHosts *self = g_new0(WlProtectedHosts, 1);

    self->gateways = g_array_new(FALSE, TRUE, sizeof(WlIp));
    self->dns = g_array_new(FALSE, TRUE, sizeof(WlDnsServer));
    return self;
}

void
wl_protected_hosts_free(WlProtectedHosts *self)
{
    if (!self)
        return;
    g_array_unref(self->gateways);
    g_array_unref(self->dns);
    g_free(self);
}

static gboolean
replace(GArray *list, const GArray *with)
{
    if (list->len == with->len &&
        (list->len == 0 ||
         memcmp(list->data, with->data, list->len * g_array_get_element_size(list)) == 0))
        return FALSE;
    g_array_set_size(list, 0);
    g_array_append_vals(list, with->data, with->len);
    return TRUE;
}

gboolean
wl_protected_hosts_set_gateways(WlProtectedHosts *self, const GArray *gateways)
{
    return replace(self->gateways, gateways);
}

gboolean
wl_protected_hosts_set_dns(WlProtectedHosts *self, const GArray *dns)
{
    return replace(self->dns, dns);
}

const GArray *
wl_protected_hosts_get_dns(const WlProtectedHosts *self)
{
    return self->dns;
}

void
wl_protected_hosts_update_engine(const WlProtectedHosts *self, WlEngine *engine, gint64 now)
{
    g_autoptr(GArray) all = g_array_copy(self->gateways);

    for (guint i = 0; i < self->dns->len; i++)
        g_array_append_vals(all, &g_array_index(self->dns, WlDnsServer, i).address, 1);
    wl_engine_set_protected_hosts(engine, now, (const WlIp *) all->data, all->len);
}

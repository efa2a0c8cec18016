/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Enables and disables IP forwarding for a link, and logs failures. */

#include "wl-forwarding.h"

#include "wl-limitation.h"
#include "wl-sysctl.h"

void
wl_forwarding_start(WlForwarding *self, const char *interface, gboolean v6)
{
    g_autoptr(GError) error = NULL;
    gboolean everywhere = FALSE;

    if (!wl_sysctl_enable_ipv4_forwarding(interface, &error) ||
        (v6 && !wl_sysctl_enable_ipv6_forwarding(interface, &everywhere, &error)))
        wl_limitation_add("forwarding", "packets between members are not forwarded: %s",
                          error->message);
    self->v6_everywhere |= everywhere;
}

void
wl_forwarding_stop(WlForwarding *self)
{
    g_autoptr(GError) error = NULL;

    if (self->v6_everywhere && !wl_sysctl_disable_global_ipv6_forwarding(&error))
        g_warning("%s", error->message);
    self->v6_everywhere = FALSE;
}

void
wl_forwarding_stop_link(WlForwarding *self, const char *interface)
{
    g_autoptr(GError) error = NULL;

    wl_forwarding_stop(self);
    if (!wl_sysctl_disable_link_forwarding(interface, &error))
        g_warning("%s", error->message);
}

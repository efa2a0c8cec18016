/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's checks of a machine that forwards packets, and of the DNS servers of a full tunnel.
 */
#include "wl-check-routing.h"

#include <string.h>

#include "wl-check-firewall.h"
#include "wl-display.h"
#include "wl-host.h"

#define MAX_VALUE 80 /* columns */

static gboolean
is_set(const WlStoredProfile *stored, const char *key)
{
    return stored && g_strcmp0(g_hash_table_lookup(stored->data, key), "yes") == 0;
}

/* FALSE only if the kernel says so. */
static gboolean
forwards(const char *interface)
{
    g_autofree char *path =
        g_build_filename("/proc/sys/net/ipv4/conf", interface, "forwarding", NULL);
    g_autofree char *text = *interface && !strchr(interface, '/') ? wl_host_read(path) : NULL;

    return !text || !g_str_has_prefix(text, "0");
}

/* Of packets between members. */
static void
check_link(WlDoctor *doctor, const char *label, const char *interface)
{
    g_autofree char *shown = wl_display_quote(interface, MAX_VALUE);
    g_autofree char *remedy =
        g_strdup_printf("find out what turned it off, such as a file in /etc/sysctl.d; until then: "
                        "sysctl -w net.ipv4.conf.%s.forwarding=1",
                        shown);

    if (!forwards(interface))
        wl_doctor_add(doctor, "forwarding", WL_CHECK_FAIL, remedy,
                      "%s: this machine passes packets on between members, but forwarding of the "
                      "tunnel, %s, is off",
                      label, shown);
}

/* Of packets between members and others. Whether the machine is meant to do that is not known. */
static void
check_uplink(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    const char *uplink = wl_property_string(active->link, "Uplink");
    g_autofree char *shown = wl_display_quote(uplink, MAX_VALUE);
    g_autofree char *list = wl_property_list(active->link, "Networks", ", ");
    g_autofree char *networks = wl_display_quote(list, MAX_VALUE);
    g_autofree char *remedy =
        g_strdup_printf("if it has a network behind it, or is the exit of a full tunnel: sysctl -w "
                        "net.ipv4.conf.%s.forwarding=1, and the same in a file in /etc/sysctl.d; "
                        "otherwise nothing is to be done",
                        shown);

    if (!forwards(uplink))
        wl_doctor_add(doctor, "forwarding", WL_CHECK_WARN, remedy,
                      "%s: forwarding of the uplink, %s, is off: members reach this machine only, "
                      "not what is behind it",
                      label, shown);
    else if (wl_check_translates() == FALSE)
        wl_doctor_add(doctor, "masquerade", WL_CHECK_WARN,
                      "give the machines behind this one such a route, or hide the members from "
                      "them: a rule with \"masquerade\" in a chain of nft with \"hook "
                      "postrouting\"",
                      "%s: no firewall rule translates the addresses of members: machines behind "
                      "this one answer only with a route to %s through it",
                      label, networks);
}

void
wl_check_routing(WlDoctor *doctor, const char *label, const WlStoredProfile *stored,
                 const WlActiveProfile *active)
{
    gboolean router = strcmp(wl_property_string(active->link, "Role"), "router") == 0;
    gboolean passes_on = is_set(stored, "forwarding");

    if (router || passes_on)
        check_link(doctor, label, wl_property_string(active->link, "Interface"));
    if (passes_on)
        check_uplink(doctor, label, active);
}

static gboolean
has_servers(GVariant *settings, const char *family)
{
    static const char *const keys[] = {"dns-data", "dns"};
    g_autoptr(GVariant) setting = g_variant_lookup_value(settings, family, G_VARIANT_TYPE_VARDICT);

    for (guint i = 0; setting && i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(GVariant) list = g_variant_lookup_value(setting, keys[i], G_VARIANT_TYPE_ARRAY);

        if (list && g_variant_n_children(list) > 0)
            return TRUE;
    }
    return FALSE;
}

void
wl_check_dns(WlDoctor *doctor, const char *label, const WlStoredProfile *stored)
{
    g_autofree char *remedy = NULL;

    if (!is_set(stored, "full-tunnel") || has_servers(stored->settings, "ipv4") ||
        has_servers(stored->settings, "ipv6"))
        return;
    remedy = g_strdup_printf("nmcli connection modify %s ipv4.dns ADDRESS, of a server that is "
                             "reached through the tunnel, then reactivate the profile",
                             stored->uuid);
    wl_doctor_add(doctor, "dns", WL_CHECK_WARN, remedy,
                  "%s: the full tunnel has no DNS server: names are asked of those of the network "
                  "around, which can read them",
                  label);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's checks of one profile: its service, ports, uplink, pending changes and persistence.
 */
#include "wl-check-profile.h"

#include <string.h>

#include "wl-check-beyond.h"
#include "wl-check-clock.h"
#include "wl-check-firewall.h"
#include "wl-check-last.h"
#include "wl-check-network.h"
#include "wl-check-path.h"
#include "wl-check-routing.h"
#include "wl-check-selinux.h"
#include "wl-check-stored.h"
#include "wl-display.h"
#include "wl-host.h"

#define MAX_VALUE         80  /* columns */
#define MAX_REASON        300 /* columns */
#define DEFAULT_FACT_PORT 51821

/* FALSE, after a finding, if it is in use. */
static gboolean
check_free_port(WlDoctor *doctor, const char *label, const char *key, guint port)
{
    g_autofree char *holder = NULL;
    g_autofree char *remedy = NULL;

    if (port == 0 || wl_host_find_port(port, &holder) != WL_HOST_PORT_HELD)
        return TRUE;
    remedy = g_strdup_printf("stop that process (ss -ulpn shows it to root), or choose "
                             "another %s for the profile",
                             key);
    wl_doctor_add(doctor, "port", WL_CHECK_FAIL, remedy, "%s: its %s, UDP %u, is in use by %s",
                  label, key, port, holder ? holder : "the kernel or a hidden process");
    return FALSE;
}

static void
check_free_ports(WlDoctor *doctor, const char *label, const WlStoredProfile *stored)
{
    guint fact_port = stored->fact_port ? stored->fact_port : DEFAULT_FACT_PORT;
    gboolean listen_free = check_free_port(doctor, label, "listen-port", stored->listen_port);

    if (check_free_port(doctor, label, "fact-port", fact_port) && listen_free)
        wl_doctor_add(doctor, "port", WL_CHECK_OK, NULL, "%s: its ports are free", label);
    wl_check_selinux_ports(doctor, label, stored->listen_port, fact_port);
}

static void
check_open_port(WlDoctor *doctor, const char *label, guint port)
{
    g_autofree char *holder = NULL;

    if (port == 0) {
        wl_doctor_add(doctor, "port", WL_CHECK_WARN, "run this again in a second",
                      "%s: the service has not yet read the UDP port that WireGuard "
                      "chose",
                      label);
        return;
    }
    switch (wl_host_find_port(port, &holder)) {
    case WL_HOST_PORT_HELD:
        wl_doctor_add(doctor, "port", WL_CHECK_OK, NULL, "%s: WireGuard listens on UDP port %u",
                      label, port);
        break;
    case WL_HOST_PORT_FREE:
        wl_doctor_add(doctor, "port", WL_CHECK_FAIL,
                      "reactivate the profile with wirelinkctl down and up, and "
                      "see journalctl -u NetworkManager",
                      "%s: nothing listens on UDP port %u", label, port);
        break;
    case WL_HOST_PORT_UNKNOWN:
        wl_doctor_add(doctor, "port", WL_CHECK_WARN, "run this where /proc is mounted",
                      "%s: the user of UDP port %u cannot be determined", label, port);
        break;
    }
}

/* Of a file in /etc/wirelink. */
static gboolean
is_of_daemon(const WlActiveProfile *active)
{
    return strcmp(wl_property_string(active->link, "FrontEnd"), "wirelinkd") == 0;
}

/* Changes of the profile while it is active. */
static void
check_changes(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    g_autofree char *list = wl_property_list(active->link, "PendingKeys", ", ");
    g_autofree char *pending = wl_display_quote(list, MAX_REASON);
    g_autofree char *error =
        wl_display_quote(wl_property_string(active->link, "ProfileError"), MAX_REASON);

    if (*error)
        wl_doctor_add(doctor, "changes", WL_CHECK_FAIL,
                      is_of_daemon(active) ? "correct its file in /etc/wirelink"
                                           : "correct the profile with nmcli connection modify",
                      "%s: the stored profile is invalid, the previous settings stay "
                      "in use: %s",
                      label, error);
    if (*pending)
        wl_doctor_add(doctor, "changes", WL_CHECK_WARN,
                      "reactivate the profile with wirelinkctl down and up when "
                      "convenient",
                      "%s: changed keys take effect at the next activation: %s", label, pending);
}

static void
check_limitations(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    g_auto(GStrv) sentences = wl_property_sentences(active->link, "Limitations");

    for (guint i = 0; sentences[i]; i++) {
        g_autofree char *shown = wl_display_quote(sentences[i], MAX_REASON);

        wl_doctor_add(
            doctor, "limitation", WL_CHECK_WARN,
            "find out what refuses it with journalctl -k and ausearch -m avc, and allow it to "
            "services of NetworkManager",
            "%s: %s", label, shown);
    }
}

static gboolean
is_gateway(const WlActiveProfile *active)
{
    g_autofree char *shared = wl_property_list(active->link, "SharedNetworks", " ");

    return *shared || wl_property_boolean(active->link, "OffersExit");
}

static void
check_gateway(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    g_autofree char *list = wl_property_list(active->link, "SharedNetworks", ", ");
    g_autofree char *shared = wl_display_quote(list, MAX_VALUE);
    gboolean exit = wl_property_boolean(active->link, "OffersExit");

    if (is_gateway(active))
        wl_doctor_add(doctor, "gateway", WL_CHECK_OK, NULL, "%s: members reach %s%s%s through it",
                      label, exit ? "the internet" : "", exit && *shared ? " and " : "", shared);
}

static void
check_active(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    const char *version = wl_property_string(active->link, "Version");
    g_autofree char *shown = wl_display_quote(*version ? version : "unknown", MAX_VALUE);
    g_autofree char *uplink =
        wl_display_quote(wl_property_string(active->link, "Uplink"), MAX_VALUE);

    if (strcmp(version, WL_VERSION) == 0)
        wl_doctor_add(doctor, "service", WL_CHECK_OK, NULL, "%s: the service runs, version %s",
                      label, shown);
    else
        wl_doctor_add(doctor, "service", WL_CHECK_FAIL,
                      "reactivate the profile with wirelinkctl down and up to "
                      "start the installed service",
                      "%s: the service has version %s, this program " WL_VERSION, label, shown);
    check_open_port(doctor, label, (guint) wl_property_uint(active->link, "ListenPort"));
    if (*uplink)
        wl_doctor_add(doctor, "uplink", WL_CHECK_OK, NULL, "%s: the uplink is %s", label, uplink);
    else
        wl_doctor_add(doctor, "uplink", WL_CHECK_WARN,
                      "connect this machine to a network; nmcli device status lists "
                      "its devices",
                      "%s: there is no default route", label);
    wl_check_network(doctor, label, active, g_get_real_time() / G_USEC_PER_SEC);
    check_changes(doctor, label, active);
    check_limitations(doctor, label, active);
    check_gateway(doctor, label, active);
    if (strcmp(wl_property_string(active->link, "Role"), "router") == 0 || is_gateway(active)) {
        g_autofree char *interface =
            wl_display_quote(wl_property_string(active->link, "Interface"), MAX_VALUE);

        wl_check_forwarding(doctor, label, interface);
    }
}

static void
check_persistence(WlDoctor *doctor, const char *label, const WlStoredProfile *stored,
                  const WlActiveProfile *active)
{
    g_autofree char *remedy = NULL;

    if (stored->persistent) {
        /* A service of this version always states in its Config that the connection can persist. */
        wl_doctor_add(doctor, "persistence", WL_CHECK_OK, NULL,
                      active ? "%s: stays active when the network changes"
                             : "%s: will stay active when the network changes",
                      label);
        return;
    }
    remedy = g_strdup_printf("nmcli connection modify %s vpn.persistent yes, then reactivate "
                             "the profile",
                             stored->uuid);
    wl_doctor_add(doctor, "persistence", WL_CHECK_WARN, remedy,
                  "%s: NetworkManager deactivates it when the network changes", label);
}

static void
check_users(WlDoctor *doctor, const char *label, const WlStoredProfile *stored)
{
    g_autofree char *remedy = NULL;

    if (stored->n_users < 2)
        return;
    remedy = g_strdup_printf(
        "nmcli connection modify %s connection.permissions user:NAME, or '' for all "
        "users",
        stored->uuid);
    wl_doctor_add(
        doctor, "users", WL_CHECK_WARN, remedy,
        "%s: private to %u users; NetworkManager 1.58 and newer refuse to activate it, and allow "
        "one user",
        label, stored->n_users);
}

void
wl_check_profile(WlDoctor *doctor, const WlStoredProfile *stored, const WlActiveProfile *active,
                 gboolean denied)
{
    g_autofree char *label =
        active ? wl_active_profile_label(active) : wl_display_quote(stored->id, MAX_VALUE);

    if (active) {
        check_active(doctor, label, active);
        wl_check_path_mtu(doctor, label, active);
        wl_check_beyond(doctor, label, active);
        wl_check_routing(doctor, label, stored, active);
        wl_check_alternating(doctor, label, wl_property_string(active->link, "Uuid"),
                             g_get_real_time() / G_USEC_PER_SEC);
    } else if (stored->activated && denied) {
        wl_doctor_add(doctor, "service", WL_CHECK_WARN, "run this with sudo to see more",
                      "%s: active, details are visible only to root and its users", label);
    } else if (stored->activated) {
        wl_doctor_add(doctor, "service", WL_CHECK_FAIL,
                      "see journalctl -u NetworkManager, then reactivate the profile "
                      "with wirelinkctl down and up",
                      "%s: active according to NetworkManager, but its service does "
                      "not answer",
                      label);
    } else {
        wl_doctor_add(doctor, "service", WL_CHECK_OK, NULL, "%s: not active", label);
        check_free_ports(doctor, label, stored);
        wl_check_last_activation(doctor, label, stored);
    }
    wl_check_clock(doctor, label, active ? wl_property_string(active->link, "Uuid") : stored->uuid,
                   active, g_get_real_time() / G_USEC_PER_SEC);
    if (!stored)
        return;
    wl_check_dns(doctor, label, stored);
    wl_check_stored(doctor, label, stored);
    check_persistence(doctor, label, stored, active);
    check_users(doctor, label, stored);
}

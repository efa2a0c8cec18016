/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's checks of the firewall: firewalld, ufw, and the rules of nftables and iptables.
 * Reading rules needs root; the rules are searched for hints, not evaluated.
 */
#include "wl-check-firewall.h"

#include <string.h>
#include <unistd.h>

#include "wl-bus.h"
#include "wl-display.h"
#include "wl-host.h"

#define RULES_TIMEOUT 3                      /* s, for nft to print its rules */
#define OWN_TABLES    "table inet wirelink-" /* of active profiles (docs/link.md) */

static gboolean
has_owner(GDBusConnection *bus, const char *name)
{
    g_autoptr(WlCall) call =
        wl_call_new("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                    "NameHasOwner", g_variant_new("(s)", name), "(b)");
    g_autoptr(GVariant) reply = wl_call_one(bus, call, NULL);
    gboolean owned = FALSE;

    if (reply)
        g_variant_get(reply, "(b)", &owned);
    return owned;
}

static gboolean
cancel(gpointer user_data)
{
    g_cancellable_cancel(user_data);
    return G_SOURCE_CONTINUE;
}

static void
take_result(GObject *source, GAsyncResult *result, gpointer user_data)
{
    *(GAsyncResult **) user_data = g_object_ref(result);
}

/* The output of "nft list ruleset", or NULL. */
static char *
read_rules(void)
{
    g_autofree char *program = wl_host_find_program("nft");
    g_autofree char *whole = program ? wl_host_path(program) : NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GAsyncResult) result = NULL;
    char *rules = NULL;
    guint timer;

    if (geteuid() != 0 || !whole)
        return NULL;
    process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               NULL, whole, "list", "ruleset", NULL);
    if (!process)
        return NULL;
    timer = g_timeout_add_seconds(RULES_TIMEOUT, cancel, cancellable);
    g_subprocess_communicate_utf8_async(process, NULL, cancellable, take_result, &result);
    while (!result)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
    if (!g_subprocess_communicate_utf8_finish(process, result, &rules, NULL, NULL))
        g_subprocess_force_exit(process);
    return rules;
}

/* "inet filter input": the first chain at @hook that drops or rejects, other than the loop guard of
 * a profile; NULL if there is none. To be freed. */
static char *
find_dropping(const char *rules, const char *hook)
{
    g_auto(GStrv) lines = g_strsplit(rules, "\n", -1);
    g_autofree char *table = g_strdup("");
    g_autofree char *chain = g_strdup("");
    gboolean hooked = FALSE;

    for (guint i = 0; lines[i]; i++) {
        const char *line = lines[i] + strspn(lines[i], " \t");

        if (g_str_has_prefix(line, "table ")) {
            g_free(table);
            table = g_strndup(line, strcspn(line, "{"));
        } else if (g_str_has_prefix(line, "chain ")) {
            g_free(chain);
            chain = g_strndup(line + strlen("chain "), strcspn(line + strlen("chain "), " {"));
            hooked = FALSE;
        }
        hooked |= strstr(line, hook) != NULL;
        if (hooked && !g_str_has_prefix(table, OWN_TABLES) &&
            (strstr(line, "policy drop") || strstr(line, " drop") || strstr(line, "reject")))
            return g_strconcat(table + strlen("table "), chain, NULL);
    }
    return NULL;
}

/* PORT is the listen port, which status -v shows: not every profile is active now. */
static void
add_output(WlDoctor *doctor, const char *chain)
{
    g_autofree char *shown = wl_display_escape(chain);
    g_autofree char *remedy = g_strdup_printf(
        "if it blocks WireGuard, allow its listen port: nft insert rule %s udp sport PORT accept",
        shown);

    wl_doctor_add(doctor, "firewall", WL_CHECK_WARN, remedy,
                  "firewall rules filter outgoing packets: %s", shown);
}

static void
add_input(WlDoctor *doctor, const char *chain)
{
    g_autofree char *shown = wl_display_escape(chain);
    g_autofree char *remedy = g_strdup_printf(
        "if it blocks WireGuard, allow its listen port: nft insert rule %s udp dport PORT accept; "
        "on the tunnel interface it has to accept the UDP fact port and ICMPv6",
        shown);

    wl_doctor_add(doctor, "firewall", WL_CHECK_WARN, remedy,
                  "firewall rules filter incoming packets: %s", shown);
}

void
wl_check_firewall(WlDoctor *doctor, GDBusConnection *bus)
{
    g_autofree char *ufw = wl_host_read("/etc/ufw/ufw.conf");
    g_autofree char *tables = wl_host_read("/proc/net/ip_tables_names");
    g_autofree char *rules = NULL;
    g_autofree char *output = NULL;
    g_autofree char *input = NULL;

    if (has_owner(bus, "org.fedoraproject.FirewallD1")) {
        wl_doctor_add(doctor, "firewall", WL_CHECK_WARN,
                      "make sure that it accepts the UDP listen port of the profile: "
                      "firewall-cmd --add-port=PORT/udp",
                      "firewalld is active");
        return;
    }
    if (ufw && strstr(ufw, "ENABLED=yes")) {
        wl_doctor_add(doctor, "firewall", WL_CHECK_WARN,
                      "make sure that it accepts the UDP listen port of the profile: "
                      "ufw allow PORT/udp",
                      "ufw is active");
        return;
    }
    rules = read_rules();
    output = rules ? find_dropping(rules, "hook output") : NULL;
    input = rules ? find_dropping(rules, "hook input") : NULL;
    if (output)
        add_output(doctor, output);
    if (input)
        add_input(doctor, input);
    else if (tables && strstr(tables, "filter"))
        wl_doctor_add(doctor, "firewall", WL_CHECK_WARN,
                      "make sure that they accept the UDP listen port of the profile, "
                      "and on the tunnel interface the UDP fact port and ICMPv6",
                      "firewall rules filter incoming packets");
    else if (!rules && wl_host_exists("/sys/module/nf_tables"))
        wl_doctor_add(doctor, "firewall", WL_CHECK_OK, NULL,
                      "no firewall service is active; only root can read the rules of "
                      "the kernel");
    else
        wl_doctor_add(doctor, "firewall", WL_CHECK_OK, NULL, "no firewall found");
}

/* A chain of forwarded packets that drops or rejects and does not name the interface. */
static gboolean
filters_forwarding(const char *rules, const char *interface)
{
    const char *chain = rules;

    while ((chain = strstr(chain, "hook forward"))) {
        const char *end = strstr(chain, "\n\t}");
        g_autofree char *text = g_strndup(chain, end ? (gsize) (end - chain) : strlen(chain));

        if ((strstr(text, "policy drop") || strstr(text, " drop") || strstr(text, "reject")) &&
            !strstr(text, interface))
            return TRUE;
        chain += strlen("hook forward");
    }
    return FALSE;
}

void
wl_check_forwarding(WlDoctor *doctor, const char *label, const char *interface)
{
    g_autofree char *rules = read_rules();
    g_autofree char *remedy = NULL;

    if (!rules || !filters_forwarding(rules, interface))
        return;
    remedy = g_strdup_printf("accept packets from %s: nft insert rule TABLE CHAIN iifname %s "
                             "accept, in each chain with \"hook forward\"",
                             interface, interface);
    wl_doctor_add(doctor, "forwarding", WL_CHECK_WARN, remedy,
                  "%s: this member passes packets on, but firewall rules drop forwarded "
                  "packets",
                  label);
}

int
wl_check_translates(void)
{
    g_autofree char *rules = read_rules();

    if (!rules)
        return -1;
    return strstr(rules, "masquerade") || strstr(rules, "snat") || strstr(rules, "MASQUERADE");
}

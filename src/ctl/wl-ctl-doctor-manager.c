/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the doctor asks NetworkManager and firewalld. */
#include "wl-ctl-bus.h"
#include "wl-ctl-doctor.h"
#include "wl-ctl-host.h"
#include "wl-ctl-output.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NM              "org.freedesktop.NetworkManager"
#define NM_PATH         "/org/freedesktop/NetworkManager"
#define PROPERTIES      "org.freedesktop.DBus.Properties"
#define SETTINGS_TYPE   "(a{sa{sv}})"
#define STATE_ACTIVATED 2 /* NM_ACTIVE_CONNECTION_STATE_ACTIVATED */
#define MAX_CONNECTIONS 1000
#define MAX_VALUE       80
#define MIN_MAJOR       1
#define MIN_MINOR       42
#define RULES_TIMEOUT   3 /* s, for nft to print its rules */

static void
free_call(gpointer call)
{
    wl_ctl_call_free(call);
}

/* ---- firewalls ----------------------------------------------------------------------------- */

static gboolean
has_owner(GDBusConnection *bus, const char *name)
{
    g_autoptr(WlCtlCall) call =
        wl_ctl_call_new("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                        "NameHasOwner", g_variant_new("(s)", name), "(b)");
    g_autoptr(GVariant) reply = wl_ctl_call_one(bus, call, NULL);
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

/* What "nft list ruleset" prints; NULL if it cannot be asked. */
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

/* A chain for what comes in that drops or rejects. */
static gboolean
filters_input(const char *rules)
{
    const char *input = strstr(rules, "hook input");

    return input &&
           (strstr(input, "policy drop") || strstr(input, " drop") || strstr(input, "reject"));
}

static void
check_firewall(WlDoctor *self, GDBusConnection *bus)
{
    g_autofree char *ufw = wl_host_read("/etc/ufw/ufw.conf");
    g_autofree char *tables = wl_host_read("/proc/net/ip_tables_names");
    g_autofree char *rules = NULL;

    if (has_owner(bus, "org.fedoraproject.FirewallD1")) {
        wl_doctor_add(self, "firewall", WL_CHECK_WARN,
                      "see that it lets in the UDP listen port of the profile: firewall-cmd "
                      "--add-port=PORT/udp",
                      "firewalld runs");
        return;
    }
    if (ufw && strstr(ufw, "ENABLED=yes")) {
        wl_doctor_add(self, "firewall", WL_CHECK_WARN,
                      "see that it lets in the UDP listen port of the profile: ufw allow PORT/udp",
                      "ufw is enabled");
        return;
    }
    rules = read_rules();
    if ((rules && filters_input(rules)) || (tables && strstr(tables, "filter")))
        wl_doctor_add(self, "firewall", WL_CHECK_WARN,
                      "see that they let in the UDP listen port of the profile, and on the tunnel "
                      "interface the UDP fact port and ICMPv6",
                      "there are rules that filter what comes in");
    else if (!rules && wl_host_exists("/sys/module/nf_tables"))
        wl_doctor_add(self, "firewall", WL_CHECK_OK, NULL,
                      "no firewall service runs; only root can see the rules of the kernel");
    else
        wl_doctor_add(self, "firewall", WL_CHECK_OK, NULL, "no firewall is seen");
}

/* A chain for what is passed on that drops or rejects it, and says nothing of the interface. */
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
wl_doctor_check_forwarding(WlDoctor *self, const char *label, const char *interface)
{
    g_autofree char *rules = read_rules();
    g_autofree char *remedy = NULL;

    if (!rules || !filters_forwarding(rules, interface))
        return;
    remedy = g_strdup_printf("let through what comes in by %s: nft insert rule TABLE CHAIN iifname "
                             "%s accept, for a chain with \"hook forward\"",
                             interface, interface);
    wl_doctor_add(self, "forwarding", WL_CHECK_WARN, remedy,
                  "%s: this member is a router, and there are rules that drop what is forwarded",
                  label);
}

/* ---- NetworkManager ------------------------------------------------------------------------ */

static GVariant *
get_property(GDBusConnection *bus, const char *path, const char *interface, const char *name,
             GError **error)
{
    g_autoptr(WlCtlCall) call =
        wl_ctl_call_new(NM, path, PROPERTIES, "Get", g_variant_new("(ss)", interface, name), "(v)");
    g_autoptr(GVariant) reply = wl_ctl_call_one(bus, call, error);
    GVariant *value = NULL;

    if (reply)
        g_variant_get(reply, "(v)", &value);
    return value;
}

static void
check_version(WlDoctor *self, GDBusConnection *bus)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) value = get_property(bus, NM_PATH, NM, "Version", &error);
    g_autofree char *shown = NULL;
    unsigned int major = 0, minor = 0;

    if (!value || !g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)) {
        wl_doctor_add(self, "networkmanager", WL_CHECK_FAIL,
                      "start it: systemctl enable --now NetworkManager",
                      "NetworkManager does not run or does not answer");
        return;
    }
    shown = wl_ctl_quote(g_variant_get_string(value, NULL), MAX_VALUE);
    if (sscanf(shown, "%u.%u", &major, &minor) != 2 || major < MIN_MAJOR ||
        (major == MIN_MAJOR && minor < MIN_MINOR))
        wl_doctor_add(self, "networkmanager", WL_CHECK_FAIL, "upgrade it to 1.42 or newer",
                      "NetworkManager %s is too old", shown);
    else
        wl_doctor_add(self, "networkmanager", WL_CHECK_OK, NULL, "NetworkManager %s runs", shown);
}

void
wl_doctor_check_manager(WlDoctor *self, GDBusConnection *bus)
{
    check_version(self, bus);
    check_firewall(self, bus);
}

/* ---- its profiles -------------------------------------------------------------------------- */

void
wl_doctor_profile_free(WlDoctorProfile *profile)
{
    g_free(profile->id);
    g_free(profile->uuid);
    g_free(profile);
}

static int
compare(gconstpointer a, gconstpointer b)
{
    const WlDoctorProfile *left = *(WlDoctorProfile *const *) a;
    const WlDoctorProfile *right = *(WlDoctorProfile *const *) b;
    int order = strcmp(left->id, right->id);

    return order ? order : strcmp(left->uuid, right->uuid);
}

static guint
get_port(GVariant *data, const char *key)
{
    const char *text;
    guint64 port = 0;

    if (data && g_variant_lookup(data, key, "&s", &text))
        g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT16, &port, NULL);
    return (guint) port;
}

/* @settings: a{sa{sv}}. NULL if it is no profile of ours. */
static WlDoctorProfile *
parse_settings(GVariant *settings)
{
    g_autoptr(GVariant) connection =
        g_variant_lookup_value(settings, "connection", G_VARIANT_TYPE_VARDICT);
    g_autoptr(GVariant) vpn = g_variant_lookup_value(settings, "vpn", G_VARIANT_TYPE_VARDICT);
    g_autoptr(GVariant) data = NULL;
    WlDoctorProfile *profile;

    if (!connection || !vpn || strcmp(wl_ctl_get_string(vpn, "service-type"), WL_CTL_BASE_NAME))
        return NULL;
    data = wl_ctl_get_value(vpn, "data", "a{ss}");
    profile = g_new0(WlDoctorProfile, 1);
    profile->id = g_strdup(wl_ctl_get_string(connection, "id"));
    profile->uuid = wl_ctl_quote(wl_ctl_get_string(connection, "uuid"), MAX_VALUE);
    profile->persistent = wl_ctl_get_boolean(vpn, "persistent");
    profile->listen_port = get_port(data, "listen-port");
    profile->fact_port = get_port(data, "fact-port");
    return profile;
}

static GPtrArray *
read_paths(GVariant *paths, const char *interface, const char *method, const char *argument,
           const char *type)
{
    GPtrArray *calls = g_ptr_array_new_with_free_func(free_call);
    gsize n = paths && g_variant_is_of_type(paths, G_VARIANT_TYPE("ao"))
                  ? MIN(g_variant_n_children(paths), MAX_CONNECTIONS)
                  : 0;

    for (gsize i = 0; i < n; i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(paths, i);
        WlCtlCall *call = wl_ctl_call_new(NM, NULL, interface, method,
                                          argument ? g_variant_new("(s)", argument) : NULL, type);

        call->path = g_variant_get_string(child, NULL);
        g_ptr_array_add(calls, call);
    }
    return calls;
}

static void
mark_activated(GDBusConnection *bus, const GPtrArray *profiles)
{
    g_autoptr(GVariant) paths = get_property(bus, NM_PATH, NM, "ActiveConnections", NULL);
    g_autoptr(GPtrArray) calls =
        read_paths(paths, PROPERTIES, "GetAll", NM ".Connection.Active", "(a{sv})");

    wl_ctl_call_all(bus, calls, NULL);
    for (guint i = 0; i < calls->len; i++) {
        const WlCtlCall *call = g_ptr_array_index(calls, i);
        g_autoptr(GVariant) properties =
            call->reply ? g_variant_get_child_value(call->reply, 0) : NULL;

        if (!properties || wl_ctl_get_uint(properties, "State") != STATE_ACTIVATED)
            continue;
        for (guint j = 0; j < profiles->len; j++) {
            WlDoctorProfile *profile = g_ptr_array_index(profiles, j);

            if (strcmp(profile->uuid, wl_ctl_get_string(properties, "Uuid")) == 0)
                profile->activated = TRUE;
        }
    }
}

GPtrArray *
wl_doctor_list_profiles(GDBusConnection *bus)
{
    g_autoptr(GVariant) paths =
        get_property(bus, NM_PATH "/Settings", NM ".Settings", "Connections", NULL);
    g_autoptr(GPtrArray) calls =
        read_paths(paths, NM ".Settings.Connection", "GetSettings", NULL, SETTINGS_TYPE);
    GPtrArray *profiles = g_ptr_array_new_with_free_func((GDestroyNotify) wl_doctor_profile_free);

    wl_ctl_call_all(bus, calls, NULL);
    for (guint i = 0; i < calls->len; i++) {
        const WlCtlCall *call = g_ptr_array_index(calls, i);
        g_autoptr(GVariant) settings =
            call->reply ? g_variant_get_child_value(call->reply, 0) : NULL;
        WlDoctorProfile *profile = settings ? parse_settings(settings) : NULL;

        if (profile)
            g_ptr_array_add(profiles, profile);
    }
    g_ptr_array_sort(profiles, compare);
    if (profiles->len > 0)
        mark_activated(bus, profiles);
    return profiles;
}

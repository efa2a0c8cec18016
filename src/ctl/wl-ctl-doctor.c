/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-doctor.h"

#include "wl-ctl-bus.h"
#include "wl-ctl-host.h"
#include "wl-ctl-output.h"

#include <string.h>
#include <unistd.h>

#define MAX_VALUE         80
#define MAX_REASON        300
#define DEFAULT_FACT_PORT 51821

static void
check_free(WlCheck *check)
{
    g_free(check->message);
    g_free(check->remedy);
    g_free(check);
}

WlDoctor *
wl_doctor_new(void)
{
    WlDoctor *self = g_new0(WlDoctor, 1);

    self->checks = g_ptr_array_new_with_free_func((GDestroyNotify) check_free);
    return self;
}

void
wl_doctor_free(WlDoctor *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->checks);
    g_free(self);
}

void
wl_doctor_add(WlDoctor *self, const char *name, WlCheckResult result, const char *remedy,
              const char *format, ...)
{
    WlCheck *check = g_new0(WlCheck, 1);
    va_list arguments;

    check->name = name;
    check->result = result;
    check->remedy = g_strdup(remedy);
    va_start(arguments, format);
    check->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(self->checks, check);
}

/* ---- this machine -------------------------------------------------------------------------- */

static void
check_wireguard(WlDoctor *self)
{
    g_autofree char *program = wl_host_find_program("wireguard-go");

    switch (wl_host_get_wireguard()) {
    case WL_HOST_WIREGUARD_LOADED:
        wl_doctor_add(self, "wireguard", WL_CHECK_OK, NULL, "the kernel has WireGuard");
        return;
    case WL_HOST_WIREGUARD_LOADABLE:
        wl_doctor_add(self, "wireguard", WL_CHECK_OK, NULL,
                      "the kernel has WireGuard, and loads it when it is needed");
        return;
    case WL_HOST_WIREGUARD_NONE:
        break;
    }
    if (program)
        wl_doctor_add(self, "wireguard", WL_CHECK_WARN,
                      "it works, though slower; a kernel with the module wireguard is faster",
                      "the kernel has no WireGuard, %s does its work", program);
    else
        wl_doctor_add(self, "wireguard", WL_CHECK_FAIL,
                      "install wireguard-go, or a kernel with the module wireguard",
                      "the kernel has no WireGuard, and wireguard-go is not installed");
}

/* A value of the .name file that NetworkManager finds the plugin by. */
static char *
get_name_value(const char *text, const char *group, const char *key)
{
    g_autoptr(GKeyFile) file = g_key_file_new();

    if (!g_key_file_load_from_data(file, text, (gsize) -1, G_KEY_FILE_NONE, NULL))
        return NULL;
    return g_key_file_get_string(file, group, key, NULL);
}

static gboolean
is_installed(const char *path, const char *folder)
{
    g_autofree char *whole = NULL;

    if (!path)
        return FALSE;
    whole = g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(folder, path, NULL);
    return wl_host_exists(whole);
}

static void
check_plugin(WlDoctor *self)
{
    static const char *const folders[] = {"/etc/NetworkManager/VPN", WL_VPN_DIR};
    g_autofree char *text = NULL;
    g_autofree char *program = NULL;
    g_autofree char *plugin = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(folders) && !text; i++) {
        g_autofree char *path = g_build_filename(folders[i], "nm-wirelink-service.name", NULL);

        text = wl_host_read(path);
    }
    program = text ? get_name_value(text, "VPN Connection", "program") : NULL;
    plugin = text ? get_name_value(text, "libnm", "plugin") : NULL;
    if (!text) {
        wl_doctor_add(self, "plugin", WL_CHECK_FAIL,
                      "install NetworkManager-wirelink for all users, with the prefix /usr",
                      "NetworkManager does not know the plugin: " WL_VPN_DIR
                      "/nm-wirelink-service.name is missing");
        return;
    }
    if (!is_installed(program, "/") || !is_installed(plugin, WL_PLUGIN_DIR)) {
        g_autofree char *shown = wl_ctl_quote(is_installed(program, "/")
                                                  ? plugin ? plugin : "libnm-vpn-plugin-wirelink.so"
                                              : program ? program
                                                        : "nm-wirelink-service",
                                              MAX_VALUE);

        wl_doctor_add(self, "plugin", WL_CHECK_FAIL, "install NetworkManager-wirelink again",
                      "a part of the plugin is missing: %s", shown);
        return;
    }
    wl_doctor_add(self, "plugin", WL_CHECK_OK, NULL, "the plugin is installed");
}

static void
check_clock(WlDoctor *self)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC, made = wl_host_get_made_time();
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(now);
    g_autofree char *shown = date ? g_date_time_format(date, "%Y-%m-%d") : g_strdup("?");

    /* A day for who builds it elsewhere. */
    if (now < made - 24 * 3600)
        wl_doctor_add(self, "clock", WL_CHECK_FAIL,
                      "set the clock, as with timedatectl set-ntp yes: peers refuse handshakes "
                      "that are older than one they have seen",
                      "the clock says %s, when this program was not made yet", shown);
    else
        wl_doctor_add(self, "clock", WL_CHECK_OK, NULL, "the clock is plausible");
}

static void
check_ipv6(WlDoctor *self)
{
    static const char *const files[] = {"/proc/sys/net/ipv6/conf/all/disable_ipv6",
                                        "/proc/sys/net/ipv6/conf/default/disable_ipv6"};

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *value = wl_host_read(files[i]);

        if (!value) {
            wl_doctor_add(self, "ipv6", WL_CHECK_FAIL,
                          "boot without ipv6.disable=1, or with a kernel that has IPv6: members "
                          "talk over IPv6 link-local addresses inside the tunnel",
                          "the kernel has no IPv6");
            return;
        }
        if (atoi(value) != 0) {
            wl_doctor_add(self, "ipv6", WL_CHECK_FAIL,
                          "set net.ipv6.conf.all.disable_ipv6 and "
                          "net.ipv6.conf.default.disable_ipv6 to 0 with sysctl: members talk over "
                          "IPv6 link-local addresses inside the tunnel",
                          "IPv6 is disabled");
            return;
        }
    }
    wl_doctor_add(self, "ipv6", WL_CHECK_OK, NULL, "IPv6 is enabled");
}

void
wl_doctor_check_host(WlDoctor *self)
{
    check_wireguard(self);
    check_plugin(self);
    check_clock(self);
    check_ipv6(self);
}

/* ---- profiles ------------------------------------------------------------------------------ */

/* FALSE after telling who has it. */
static gboolean
check_free_port(WlDoctor *self, const char *label, const char *key, guint port)
{
    g_autofree char *holder = NULL;
    g_autofree char *remedy = NULL;

    if (port == 0 || wl_host_find_port(port, &holder) != WL_HOST_PORT_HELD)
        return TRUE;
    remedy = g_strdup_printf("end what holds it (ss -ulpn shows it to root), or choose another %s "
                             "for the profile",
                             key);
    wl_doctor_add(self, "port", WL_CHECK_FAIL, remedy, "%s: its %s, UDP %u, is held by %s", label,
                  key, port, holder ? holder : "the kernel or a process that cannot be seen");
    return FALSE;
}

static void
check_free_ports(WlDoctor *self, const char *label, const WlDoctorProfile *stored)
{
    guint fact_port = stored->fact_port ? stored->fact_port : DEFAULT_FACT_PORT;
    gboolean listen_free = check_free_port(self, label, "listen-port", stored->listen_port);

    if (check_free_port(self, label, "fact-port", fact_port) && listen_free)
        wl_doctor_add(self, "port", WL_CHECK_OK, NULL, "%s: its ports are free", label);
}

static void
check_open_port(WlDoctor *self, const char *label, guint port)
{
    g_autofree char *holder = NULL;

    if (port == 0) {
        wl_doctor_add(self, "port", WL_CHECK_WARN, "run this again in a second",
                      "%s: its service has not read yet which UDP port WireGuard chose", label);
        return;
    }
    switch (wl_host_find_port(port, &holder)) {
    case WL_HOST_PORT_HELD:
        wl_doctor_add(self, "port", WL_CHECK_OK, NULL, "%s: WireGuard has UDP port %u", label,
                      port);
        break;
    case WL_HOST_PORT_FREE:
        wl_doctor_add(self, "port", WL_CHECK_FAIL,
                      "take the profile down and up again with nmcli, and see journalctl -u "
                      "NetworkManager",
                      "%s: nobody listens on UDP port %u", label, port);
        break;
    case WL_HOST_PORT_UNKNOWN:
        wl_doctor_add(self, "port", WL_CHECK_WARN, "run this where /proc is mounted",
                      "%s: who holds UDP port %u cannot be seen", label, port);
        break;
    }
}

/* The profile was changed while it is up. */
static void
check_changes(WlDoctor *self, const char *label, const WlCtlProfile *active)
{
    g_autofree char *list = wl_ctl_get_list(active->link, "PendingKeys", ", ");
    g_autofree char *waiting = wl_ctl_quote(list, MAX_REASON);
    g_autofree char *error =
        wl_ctl_quote(wl_ctl_get_string(active->link, "ProfileError"), MAX_REASON);

    if (*error)
        wl_doctor_add(self, "changes", WL_CHECK_FAIL, "mend it with nmcli connection modify",
                      "%s: runs as it was, for the profile that is stored cannot: %s", label,
                      error);
    if (*waiting)
        wl_doctor_add(self, "changes", WL_CHECK_WARN,
                      "take the profile down and up again with nmcli when it suits",
                      "%s: was changed, and these keys wait: %s", label, waiting);
}

static void
check_active(WlDoctor *self, const char *label, const WlCtlProfile *active)
{
    const char *version = wl_ctl_get_string(active->link, "Version");
    g_autofree char *shown = wl_ctl_quote(*version ? version : "unknown", MAX_VALUE);
    g_autofree char *uplink = wl_ctl_quote(wl_ctl_get_string(active->link, "Uplink"), MAX_VALUE);

    if (strcmp(version, WL_VERSION) == 0)
        wl_doctor_add(self, "service", WL_CHECK_OK, NULL, "%s: its service answers, version %s",
                      label, shown);
    else
        wl_doctor_add(self, "service", WL_CHECK_FAIL,
                      "take the profile down and up again with nmcli, which starts the service "
                      "that is installed",
                      "%s: its service is version %s, and this program " WL_VERSION, label, shown);
    check_open_port(self, label, (guint) wl_ctl_get_uint(active->link, "ListenPort"));
    if (*uplink)
        wl_doctor_add(self, "uplink", WL_CHECK_OK, NULL, "%s: packets leave by %s", label, uplink);
    else
        wl_doctor_add(self, "uplink", WL_CHECK_WARN,
                      "connect this machine: nmcli device status shows what it could use",
                      "%s: there is no default route", label);
    check_changes(self, label, active);
    if (strcmp(wl_ctl_get_string(active->link, "Role"), "router") == 0) {
        g_autofree char *interface =
            wl_ctl_quote(wl_ctl_get_string(active->link, "Interface"), MAX_VALUE);

        wl_doctor_check_forwarding(self, label, interface);
    }
}

static void
check_persistence(WlDoctor *self, const char *label, const WlDoctorProfile *stored,
                  const WlCtlProfile *active)
{
    g_autofree char *remedy = NULL;

    if (stored->persistent) {
        /* The service of this version always tells NetworkManager that it can. */
        wl_doctor_add(self, "persistence", WL_CHECK_OK, NULL,
                      active ? "%s: stays up when the network changes; the service can, and the "
                               "profile says so"
                             : "%s: will stay up when the network changes",
                      label);
        return;
    }
    remedy = g_strdup_printf("nmcli connection modify %s vpn.persistent yes, then take it down and "
                             "up again",
                             stored->uuid);
    wl_doctor_add(self, "persistence", WL_CHECK_WARN, remedy,
                  "%s: NetworkManager takes it down when the network changes", label);
}

void
wl_doctor_check_profile(WlDoctor *self, const WlDoctorProfile *stored, const WlCtlProfile *active,
                        gboolean denied)
{
    g_autofree char *label =
        active ? wl_ctl_profile_label(active) : wl_ctl_quote(stored->id, MAX_VALUE);

    if (active) {
        check_active(self, label, active);
    } else if (stored->activated && denied) {
        wl_doctor_add(self, "service", WL_CHECK_WARN, "run this as root, as with sudo",
                      "%s: is up, and only root and its users may see more", label);
    } else if (stored->activated) {
        wl_doctor_add(self, "service", WL_CHECK_FAIL,
                      "see journalctl -u NetworkManager, and take the profile down and up again "
                      "with nmcli",
                      "%s: NetworkManager says that it is up, but its service does not answer",
                      label);
    } else {
        wl_doctor_add(self, "service", WL_CHECK_OK, NULL, "%s: is not active", label);
        check_free_ports(self, label, stored);
    }
    if (stored)
        check_persistence(self, label, stored, active);
}

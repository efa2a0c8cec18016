/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The program: options, signals, privileges and the main loop around one WlDaemon. Exit status: 0
 * success, 1 failure, 2 wrong usage, 3 the profile cannot be used. */

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-cleanup.h"
#include "wl-daemon.h"
#include "wl-engine-config-from-profile.h"
#include "wl-event-log.h"
#include "wl-instance-lock.h"
#include "wl-log.h"
#include "wl-notify.h"
#include "wl-privileges.h"
#include "wl-profile-source.h"
#include "wl-profile-uuid.h"
#include "wl-socket-store.h"

enum { EXIT_USAGE = 2, EXIT_PROFILE = 3 };

typedef struct {
    char *file;
    gboolean check, cleanup, store_sockets, debug, version;
} Options;

typedef struct {
    GMainLoop *loop;
    WlDaemon *daemon;
    int status;
} Process;

/* ---- commands that end at once ------------------------------------------------------------- */

static int
cleanup(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) removed = wl_cleanup_unserved(&error);

    if (!removed) {
        g_printerr("wirelinkd: %s\n", error->message);
        return EXIT_FAILURE;
    }
    for (guint i = 0; i < removed->len; i++)
        g_print("removed: %s\n", (char *) removed->pdata[i]);
    return EXIT_SUCCESS;
}

/* For ExecStartPre= of the unit. Without the sockets broken paths are detected late. */
static int
store_sockets(void)
{
    g_autoptr(GError) error = NULL;
    WlRawSockets raw;

    wl_raw_sockets_open(&raw);
    wl_notify_init();
    if (wl_socket_store_put(&raw, &error))
        return EXIT_SUCCESS;
    g_printerr("wirelinkd: %s\n", error->message);
    return EXIT_FAILURE;
}

static int
check(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileFile) file = wl_profile_source_load(path, &error);
    WlEngineConfig *config = file ? wl_engine_config_from_profile(file->profile, &error) : NULL;

    if (!config) {
        g_printerr("wirelinkd: %s\n", error->message);
        return EXIT_PROFILE;
    }
    for (guint i = 0; i < file->profile->warnings->len; i++)
        g_printerr("wirelinkd: %s\n", (char *) file->profile->warnings->pdata[i]);
    wl_engine_config_free(config);
    return EXIT_SUCCESS;
}

/* ---- serving a profile --------------------------------------------------------------------- */

static gboolean
on_end(gpointer user_data)
{
    Process *process = user_data;

    g_main_loop_quit(process->loop);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_hangup(gpointer user_data)
{
    Process *process = user_data;

    wl_daemon_reload(process->daemon);
    return G_SOURCE_CONTINUE;
}

static void
on_failed(gpointer user_data)
{
    Process *process = user_data;

    process->status = EXIT_FAILURE;
    g_main_loop_quit(process->loop);
}

static void
run(Process *process)
{
    guint interval = wl_notify_watchdog_interval();

    g_unix_signal_add(SIGTERM, on_end, process);
    g_unix_signal_add(SIGINT, on_end, process);
    g_unix_signal_add(SIGHUP, on_hangup, process);
    if (interval > 0)
        g_timeout_add(interval, wl_notify_watchdog, NULL);
    g_main_loop_run(process->loop);
    wl_notify_send("STOPPING=1");
    g_message("removing the link");
    wl_daemon_free(process->daemon);
}

/* The state files of profiles: systemd names the directory (StateDirectory=). */
static void
set_state_directory(void)
{
    const char *directory = g_getenv("STATE_DIRECTORY");

    g_setenv("WIRELINK_STATE", directory ? directory : WL_STATE_DIR, FALSE);
}

static void
record_failure(const char *name, const GError *error)
{
    g_autofree char *uuid = wl_profile_uuid_of_file(name);

    wl_event_log_failure(uuid, error->message);
}

static int
serve(const char *name, const char *path)
{
    Process process = {.status = EXIT_SUCCESS};
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GError) error = NULL;
    WlRawSockets raw;
    WlProfileFile *file;
    int lock;

    lock = wl_instance_lock(name, &error);
    if (lock < 0) {
        g_critical("%s", error->message);
        return EXIT_FAILURE;
    }
    if (!wl_socket_store_take(&raw))
        wl_raw_sockets_open(&raw);
    wl_privileges_drop();
    process.loop = loop;
    file = wl_profile_source_load(path, &error);
    if (file)
        process.daemon = wl_daemon_new(name, path, file, &raw, on_failed, &process, &error);
    if (!process.daemon) {
        g_critical("%s", error->message);
        wl_notify_send("STATUS=%s", error->message);
        record_failure(name, error);
        return EXIT_PROFILE;
    }
    run(&process);
    close(lock);
    return process.status;
}

/* ---- the command line ---------------------------------------------------------------------- */

static gboolean
parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"file", 0, 0, G_OPTION_ARG_FILENAME, &options->file,
         "File of the profile (default " WL_CONFIG_DIR "/NAME.wirelink)", "FILE"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &options->check,
         "Check the file, print what is wrong with it, and exit", NULL},
        {"cleanup", 0, 0, G_OPTION_ARG_NONE, &options->cleanup,
         "Remove what killed processes left behind, list it, and exit", NULL},
        {"store-sockets", 0, 0, G_OPTION_ARG_NONE, &options->store_sockets,
         "Open the raw sockets, store them with the service manager, and exit", NULL},
        {"debug", 0, 0, G_OPTION_ARG_NONE, &options->debug, "Log all messages to standard error",
         NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("NAME - wirelink without NetworkManager");

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(
        context, "Serves the profile in " WL_CONFIG_DIR "/NAME.wirelink until it is stopped. "
                 "\"systemctl enable --now wirelinkd@NAME\" starts it now and at boot.");
    return g_option_context_parse(context, argc, argv, error);
}

static int
fail_usage(const char *message)
{
    g_printerr("wirelinkd: %s; see --help\n", message);
    return EXIT_USAGE;
}

int
main(int argc, char **argv)
{
    Options options = {0};
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;

    setlocale(LC_ALL, "");
    umask(0077);
    if (!parse(&options, &argc, &argv, &error))
        return fail_usage(error->message);
    if (options.version) {
        g_print("wirelinkd %s\n", WL_VERSION);
        return EXIT_SUCCESS;
    }
    if (options.cleanup)
        return cleanup();
    if (options.store_sockets)
        return store_sockets();
    if (argc != 2)
        return fail_usage(argc < 2 ? "the name of the profile is missing"
                                   : "only one profile can be named");
    if (!wl_profile_source_check_name(argv[1], &error))
        return fail_usage(error->message);
    path = options.file ? g_canonicalize_filename(options.file, NULL)
                        : wl_profile_source_dup_path(argv[1]);
    g_free(options.file);
    wl_notify_init();
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0) {
        g_printerr("wirelinkd: cannot initialize libsodium\n");
        return EXIT_FAILURE;
    }
    if (options.check)
        return check(path);
    wl_log_init("wirelinkd", options.debug);
    set_state_directory();
    return serve(argv[1], path);
}

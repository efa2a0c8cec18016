/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses the command line and loads profiles and peers as the row of the command in the table
 * states. A request owns its operands and what was loaded. Errors are printed here and returned
 * as exit statuses.
 */
#include "wl-request.h"

#include <stdio.h>
#include <string.h>

#include "wl-bus.h"
#include "wl-display.h"
#include "wl-pick.h"

#define MAX_QUOTED 120 /* columns of an argument in a message */

static char *profile_option; /* of --profile */
static gboolean json_option; /* of --json */

/* ---- the row of the command ---------------------------------------------------------------- */

static gboolean
wants_peer(const WlCommand *command)
{
    return command->wants >= WL_WANTS_PEER;
}

/* The own options and those that the row implies, NULL-terminated; to be freed. */
static GOptionEntry *
list_options(const WlCommand *command)
{
    static const GOptionEntry profile = {
        "profile", 0, 0, G_OPTION_ARG_STRING, &profile_option, "look in this profile only",
        "PROFILE"};
    static const GOptionEntry json = {
        "json", 0, 0, G_OPTION_ARG_NONE, &json_option, "print JSON instead of text", NULL};
    GArray *options = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    for (const GOptionEntry *i = command->options; i && i->long_name; i++)
        g_array_append_vals(options, i, 1);
    if (wants_peer(command))
        g_array_append_vals(options, &profile, 1);
    if (command->json)
        g_array_append_vals(options, &json, 1);
    return (GOptionEntry *) g_array_free(options, FALSE);
}

char *
wl_request_dup_usage(const WlCommand *command)
{
    g_autofree GOptionEntry *options = list_options(command);
    g_autoptr(GString) usage = g_string_new(command->name);

    if (command->operands)
        g_string_append_printf(usage, " %s", command->operands);
    for (guint i = 0; i < command->n_required; i++) {
        const char *argument = options[i].arg_description;

        g_string_append_printf(usage, " --%s%s%s", options[i].long_name, argument ? " " : "",
                               argument ? argument : "");
    }
    if (options[command->n_required].long_name)
        g_string_append(usage, " [OPTION]...");
    return g_strdup(usage->str);
}

void
wl_request_print_help(const WlCommand *command)
{
    g_autofree GOptionEntry *options = list_options(command);
    g_autofree char *usage = wl_request_dup_usage(command);

    printf("Usage: wirelinkctl %s\n\n%c%s.\n", usage, g_ascii_toupper(command->summary[0]),
           command->summary + 1);
    for (const GOptionEntry *i = options; i->long_name; i++)
        printf("  --%s%s%s\n      %s\n", i->long_name, i->arg_description ? " " : "",
               i->arg_description ? i->arg_description : "", i->description);
}

/* ---- the command line ---------------------------------------------------------------------- */

static gboolean
is_given(const GOptionEntry *option)
{
    return option->arg == G_OPTION_ARG_NONE ? *(gboolean *) option->arg_data
                                            : *(char **) option->arg_data != NULL;
}

static gboolean
check_operands(const WlRequest *self, const WlCommand *command)
{
    g_auto(GStrv) names = g_strsplit(command->operands ? command->operands : "", " ", -1);
    guint given = g_strv_length(self->operands), n = 0;

    for (; names[n]; n++) {
        if (n >= given && names[n][0] != '[') {
            wl_exit_usage(self->json, command->name, "%s is missing", names[n]);
            return FALSE;
        }
    }
    if (given > n) {
        g_autofree char *extra = wl_display_quote(self->operands[n], MAX_QUOTED);

        wl_exit_usage(self->json, command->name, "unexpected argument \"%s\"", extra);
        return FALSE;
    }
    for (guint i = 0; i < command->n_required; i++) {
        if (!is_given(&command->options[i])) {
            wl_exit_usage(self->json, command->name, "--%s is missing",
                          command->options[i].long_name);
            return FALSE;
        }
    }
    return TRUE;
}

/* @arguments after the name of the command, where GOption expects the name of the program. */
static char **
with_name(const char *name, char **arguments)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    g_strv_builder_add(builder, name);
    g_strv_builder_addv(builder, (const char **) arguments);
    return g_strv_builder_end(builder);
}

WlParsed
wl_request_parse(WlRequest *self, const WlCommand *command, char **arguments)
{
    const char *const *given = (const char *const *) arguments;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autofree GOptionEntry *options = list_options(command);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) left = with_name(command->name, arguments);

    if (g_strv_contains(given, "--help") || g_strv_contains(given, "-h"))
        return WL_PARSED_HELP;
    /* Errors of the command line itself are JSON, too. */
    self->json = command->json && g_strv_contains(given, "--json");
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse_strv(context, &left, &error)) {
        g_autofree char *message = wl_display_quote(error->message, MAX_QUOTED);

        message[0] = g_ascii_tolower(message[0]);
        wl_exit_usage(self->json, command->name, "%s", message);
        return WL_PARSED_ERROR;
    }
    if (left[1] && strcmp(left[1], "--") == 0) {
        g_free(left[1]);
        memmove(left + 1, left + 2, (g_strv_length(left + 2) + 1) * sizeof(*left));
    }
    self->json = json_option;
    self->operands = g_strdupv(left + 1);
    return check_operands(self, command) ? WL_PARSED_RUN : WL_PARSED_ERROR;
}

/* ---- loading ------------------------------------------------------------------------------- */

/* The first operand may name a profile that is not active in place of a peer. */
static gboolean
finds_stored(WlRequest *self, const WlCommand *command)
{
    return command->wants == WL_WANTS_PEER_OR_STORED && self->bus &&
           wl_front_end_find(&self->front_end, self->bus, self->operands[0], NULL) &&
           self->front_end.profile && !self->front_end.profile->activated;
}

WlExit
wl_request_load(WlRequest *self, const WlCommand *command)
{
    const char *name = wants_peer(command) ? profile_option : self->operands[0];
    WlPick manner = command->wants == WL_WANTS_PEER_TO_CHANGE ? WL_PICK_TO_CHANGE : WL_PICK_TO_READ;
    g_autoptr(GError) error = NULL;

    if (command->wants < WL_WANTS_BUS)
        return WL_EXIT_OK;
    self->bus = wl_bus_get(&error);
    if (self->bus && command->wants >= WL_WANTS_PROFILE)
        self->profiles = wl_active_profiles_load_settled(self->bus, name, &error);
    if (self->profiles && wants_peer(command))
        self->peer =
            wl_pick_peer(self->profiles, self->operands[0], manner, &self->profile, &error);
    if (error && finds_stored(self, command))
        g_clear_error(&error);
    return error ? wl_exit_error(self->json, error) : WL_EXIT_OK;
}

void
wl_request_clear(WlRequest *self)
{
    g_strfreev(self->operands);
    wl_front_end_clear(&self->front_end);
    g_clear_pointer(&self->profiles, wl_active_profiles_free);
    g_clear_object(&self->bus);
}

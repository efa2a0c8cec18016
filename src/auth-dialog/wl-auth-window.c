/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-auth-window.h"

#include <gio/gio.h>
#include <string.h>

/* In the directory of this program, wherever it is installed. */
static char *
find_program(GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", error);
    g_autofree char *directory = self ? g_path_get_dirname(self) : NULL;
    g_autofree char *path =
        directory ? g_build_filename(directory, WL_AUTH_WINDOW_PROGRAM, NULL) : NULL;

    if (!path)
        return NULL;
    if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&path);
    g_set_error(
        error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "cannot show a window to ask for the keys: %s is missing; install the editor, or use \"nmcli --ask connection up\" in a terminal",
        path);
    return NULL;
}

static void
take_answers(WlAuthForm *form, char *lines)
{
    char *next = lines;

    for (;;) {
        const char *name = strsep(&next, "\n");
        const char *value = strsep(&next, "\n");

        if (!name || !value)
            return;
        wl_auth_form_answer(form, name, value);
    }
}

/* Whether the window exited with 0. */
static gboolean
check_end(GSubprocess *window, GError **error)
{
    if (g_subprocess_get_successful(window))
        return TRUE;
    if (g_subprocess_get_if_exited(window) &&
        g_subprocess_get_exit_status(window) == WL_AUTH_WINDOW_CANCELED)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "canceled");
    else
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                            WL_AUTH_WINDOW_PROGRAM " failed; see its message above");
    return FALSE;
}

/* If the window exits before it has read everything, its exit status decides. */
static gboolean
communicate(GSubprocess *window, const char *questions, char **answers, GError **error)
{
    g_autoptr(GError) local = NULL;

    if (g_subprocess_communicate_utf8(window, questions, NULL, answers, NULL, &local))
        return TRUE;
    if (g_error_matches(local, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
        return g_subprocess_wait(window, NULL, error);
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

gboolean
wl_auth_window_ask(WlAuthForm *form, GError **error)
{
    g_autofree char *program = find_program(error);
    g_autoptr(GSubprocess) window = NULL;
    g_autofree char *answers = NULL;
    GString *questions;
    gboolean done;

    if (!program)
        return FALSE;
    window = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, error,
                              program, NULL);
    if (!window)
        return FALSE;
    questions = wl_auth_form_to_ui(form);
    done = communicate(window, questions->str, &answers, error) && check_end(window, error);
    wl_auth_text_free(questions);
    if (answers) {
        gsize length = strlen(answers);

        if (done)
            take_answers(form, answers);
        explicit_bzero(answers, length);
    }
    return done;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal while a command redraws it: the alternate screen, keys, signals and resizing. Only
 * one screen exists at a time; freeing it restores the terminal.
 */
#include "wl-screen.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define ENTER    "\033[?1049h\033[?25l" /* alternate screen, no cursor */
#define LEAVE    "\033[?25h\033[?1049l"
#define CTRL_C   3
#define MAX_KEYS 64

struct WlScreen {
    gboolean drawn_on;     /* standard output is a terminal */
    gboolean has_keys;     /* standard input is one */
    struct termios before; /* of standard input */
    GCancellable *end;
    gboolean resized;
    guint n_drawn;
    guint sources[5];
    guint n_sources;
};

static gboolean
end(gpointer user_data)
{
    WlScreen *self = user_data;

    g_cancellable_cancel(self->end);
    return G_SOURCE_CONTINUE;
}

static gboolean
resize(gpointer user_data)
{
    WlScreen *self = user_data;

    self->resized = TRUE;
    return G_SOURCE_CONTINUE;
}

static gboolean
read_keys(int fd, GIOCondition condition, gpointer user_data)
{
    WlScreen *self = user_data;
    char keys[MAX_KEYS];
    gssize n = read(fd, keys, sizeof(keys));

    for (gssize i = 0; i < n; i++) {
        if (keys[i] == 'q' || keys[i] == 'Q' || keys[i] == CTRL_C)
            g_cancellable_cancel(self->end);
    }
    /* The terminal is closed. */
    if (n <= 0)
        g_cancellable_cancel(self->end);
    return G_SOURCE_CONTINUE;
}

static void
listen_to_keys(WlScreen *self)
{
    struct termios keys;

    /* A background process must not set or read the terminal. */
    if (tcgetpgrp(STDIN_FILENO) != getpgrp() || tcgetattr(STDIN_FILENO, &self->before) != 0)
        return;
    keys = self->before;
    keys.c_lflag &= ~(tcflag_t) (ICANON | ECHO);
    /* A stopped process would leave the alternate screen behind. */
    keys.c_cc[VSUSP] = _POSIX_VDISABLE;
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &keys) != 0)
        return;
    self->has_keys = TRUE;
    self->sources[self->n_sources++] = g_unix_fd_add(STDIN_FILENO, G_IO_IN, read_keys, self);
}

WlScreen *
wl_screen_new(gboolean draw)
{
    WlScreen *self = g_new0(WlScreen, 1);

    self->end = g_cancellable_new();
    self->sources[self->n_sources++] = g_unix_signal_add(SIGINT, end, self);
    self->sources[self->n_sources++] = g_unix_signal_add(SIGTERM, end, self);
    self->sources[self->n_sources++] = g_unix_signal_add(SIGHUP, end, self);
    self->sources[self->n_sources++] = g_unix_signal_add(SIGWINCH, resize, self);
    self->drawn_on = draw && isatty(STDOUT_FILENO) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
    if (!self->drawn_on)
        return self;
    if (isatty(STDIN_FILENO))
        listen_to_keys(self);
    fputs(ENTER, stdout);
    fflush(stdout);
    return self;
}

void
wl_screen_free(WlScreen *self)
{
    if (!self)
        return;
    for (guint i = 0; i < self->n_sources; i++)
        g_source_remove(self->sources[i]);
    if (self->drawn_on)
        fputs(LEAVE, stdout);
    fflush(stdout);
    if (self->has_keys)
        tcsetattr(STDIN_FILENO, TCSANOW, &self->before);
    g_object_unref(self->end);
    g_free(self);
}

GCancellable *
wl_screen_get_end(WlScreen *self)
{
    return self->end;
}

gboolean
wl_screen_take_resized(WlScreen *self)
{
    gboolean resized = self->resized;

    self->resized = FALSE;
    return resized;
}

/* Over the previous picture, which avoids flicker. */
static void
draw_over(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = g_strv_length(lines), height = G_MAXUINT;
    struct winsize size;

    if (n > 0 && !*lines[n - 1])
        n--;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1)
        height = size.ws_row;
    /* Without automatic wrapping, which would make more lines than were counted. */
    fputs("\033[?7l\033[H", stdout);
    for (guint i = 0; i < n && i < (n > height ? height - 1 : n); i++)
        printf("%s%s\033[K", i > 0 ? "\r\n" : "", lines[i]);
    if (n > height)
        printf("\r\n... %u more lines\033[K", n - height + 1);
    fputs("\033[J\033[?7h", stdout);
}

void
wl_screen_draw(WlScreen *self, const char *text)
{
    if (self->drawn_on)
        draw_over(text);
    else
        printf("%s%s", self->n_drawn > 0 ? "\n" : "", text);
    self->n_drawn++;
    /* The reader is gone. */
    if (fflush(stdout) != 0)
        g_cancellable_cancel(self->end);
}

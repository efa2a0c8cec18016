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

#define ENTER       "\033[?1049h\033[?25l" /* alternate screen, no cursor */
#define LEAVE       "\033[?25h\033[?1049l"
#define CTRL_C      3
#define ESCAPE      27
#define MAX_KEYS    64
#define MAX_WAITING 16

struct WlScreen {
    gboolean drawn_on;     /* standard output is a terminal */
    gboolean has_keys;     /* standard input is one */
    struct termios before; /* of standard input */
    GCancellable *end;
    gboolean resized;
    guint n_drawn;
    char *text;       /* as last drawn */
    guint top;        /* the first line that is shown */
    const char *help; /* NULL: no line of help */
    GString *pressed; /* keys for the caller */
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

/* What a terminal sends for a key, and how it scrolls: lines, or pages of the terminal. */
static const struct {
    const char *bytes;
    int lines, pages;
} scrolls[] = {
    {"\033[A", -1, 0}, {"\033OA", -1, 0},    {"k", -1, 0},         {"\033[B", 1, 0},
    {"\033OB", 1, 0},  {"j", 1, 0},          {"\033[5~", 0, -1},   {"\033[6~", 0, 1},
    {" ", 0, 1},       {"\033[H", 0, -9999}, {"\033OH", 0, -9999}, {"\033[1~", 0, -9999},
    {"g", 0, -9999},   {"\033[F", 0, 9999},  {"\033OF", 0, 9999},  {"\033[4~", 0, 9999},
    {"G", 0, 9999},
};

static guint get_height(void);
static void draw_over(WlScreen *self);

static void
scroll(WlScreen *self, int lines, int pages)
{
    int page = (int) MIN(get_height(), 1000) - 2;

    /* Drawing limits it to the last page. */
    self->top = (guint) MAX((int) self->top + lines + pages * MAX(page, 1), 0);
    if (!self->text)
        return;
    draw_over(self);
    fflush(stdout);
}

/* The number of bytes of the sequence of a key at @keys that this does not know; at least 1. */
static gsize
skip_key(const char *keys, gsize n)
{
    gsize i = 2;

    if (keys[0] != ESCAPE || n < 3 || (keys[1] != '[' && keys[1] != 'O'))
        return 1;
    while (i < n && (g_ascii_isdigit(keys[i]) || keys[i] == ';'))
        i++;
    return MIN(i + 1, n);
}

static gsize
take_key(WlScreen *self, const char *keys, gsize n)
{
    for (guint i = 0; i < G_N_ELEMENTS(scrolls); i++) {
        gsize length = strlen(scrolls[i].bytes);

        if (length <= n && strncmp(keys, scrolls[i].bytes, length) == 0) {
            scroll(self, scrolls[i].lines, scrolls[i].pages);
            return length;
        }
    }
    if (keys[0] == 'q' || keys[0] == 'Q' || keys[0] == CTRL_C)
        g_cancellable_cancel(self->end);
    else if (g_ascii_isalnum(keys[0]) && self->pressed->len < MAX_WAITING)
        g_string_append_c(self->pressed, keys[0]);
    return skip_key(keys, n);
}

static gboolean
read_keys(int fd, GIOCondition condition, gpointer user_data)
{
    WlScreen *self = user_data;
    char keys[MAX_KEYS];
    gssize n = read(fd, keys, sizeof(keys));

    for (gsize i = 0; n > 0 && i < (gsize) n;)
        i += take_key(self, keys + i, (gsize) n - i);
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
    self->pressed = g_string_new(NULL);
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
    g_string_free(self->pressed, TRUE);
    g_free(self->text);
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

/* Of the terminal, in lines. */
static guint
get_height(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 ? size.ws_row
                                                                           : G_MAXUINT;
}

static void
draw_last(const WlScreen *self, guint n, guint shown)
{
    if (n > shown)
        printf("\r\nlines %u to %u of %u%s", self->top + 1, self->top + shown, n,
               self->has_keys ? "; arrow keys scroll" : "");
    else
        fputs("\r\n", stdout);
    if (self->help && self->has_keys)
        printf("%s%s", n > shown ? "; " : "", self->help);
    fputs("\033[K", stdout);
}

/* Over the previous picture, which avoids flicker. */
static void
draw_over(WlScreen *self)
{
    g_auto(GStrv) lines = g_strsplit(self->text, "\n", -1);
    guint n = g_strv_length(lines), height = get_height(), shown;
    gboolean last;

    if (n > 0 && !*lines[n - 1])
        n--;
    last = n > height || (self->help && self->has_keys && n < height);
    shown = n > height ? height - 1 : n;
    self->top = MIN(self->top, n - shown);
    /* Without automatic wrapping, which would make more lines than were counted. */
    fputs("\033[?7l\033[H", stdout);
    for (guint i = 0; i < shown; i++)
        printf("%s%s\033[K", i > 0 ? "\r\n" : "", lines[self->top + i]);
    if (last)
        draw_last(self, n, shown);
    fputs("\033[J\033[?7h", stdout);
}

void
wl_screen_set_help(WlScreen *self, const char *help)
{
    self->help = help;
}

char
wl_screen_take_key(WlScreen *self)
{
    char key = self->pressed->str[0];

    if (key)
        g_string_erase(self->pressed, 0, 1);
    return key;
}

void
wl_screen_draw(WlScreen *self, const char *text)
{
    g_free(self->text);
    self->text = g_strdup(text);
    if (self->drawn_on)
        draw_over(self);
    else
        printf("%s%s", self->n_drawn > 0 ? "\n" : "", text);
    self->n_drawn++;
    /* The reader is gone. */
    if (fflush(stdout) != 0)
        g_cancellable_cancel(self->end);
}

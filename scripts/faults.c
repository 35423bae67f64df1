/* What can happen to a program that writes files: preloaded before it, this lets the n-th change of a file in the folder
 * FAULT_FOLDER, and in one mode all after it, end in a kill or an error.
 *
 * FAULT_AT    which change, from 1; 0 for none
 * FAULT_MODE  kill: the process is killed before it; torn: a write writes half and the process is killed;
 *             full: it and all further ones fail as on a full disk; error: it fails, as a damaged disk does, once;
 *             short: a write writes half and tells so
 * FAULT_COUNT a file to which the number of changes is written in the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long changes;
static long at;
static const char *mode = "";
static const char *folder;

__attribute__((constructor)) static void begin(void)
{
    const char *n = getenv("FAULT_AT"), *m = getenv("FAULT_MODE");
    at = n ? atol(n) : 0;
    mode = m ? m : "";
    folder = getenv("FAULT_FOLDER");
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", changes);
        fclose(file);
    }
}

static int inside(const char *path) { return folder && path && !strncmp(path, folder, strlen(folder)); }

static int of_folder(int fd)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return inside(path);
}

static void die(void) { syscall(SYS_kill, getpid(), SIGKILL); }

/* Whether this change fails (errno is set), or is to be done by half (2). */
static int fault(int is_write)
{
    long n = __sync_add_and_fetch(&changes, 1);
    if (!at || n < at)
        return 0;
    if (!strcmp(mode, "full")) {
        errno = ENOSPC;
        return 1;
    }
    if (n > at)
        return 0;
    if (!strcmp(mode, "kill") || (!strcmp(mode, "torn") && !is_write))
        die();
    if (!strcmp(mode, "torn") || (!strcmp(mode, "short") && is_write))
        return 2;
    if (!strcmp(mode, "error")) {
        errno = EIO;
        return 1;
    }
    return 0;
}

#define REAL(name, type) \
    static type real; \
    if (!real) \
        real = (type)dlsym(RTLD_NEXT, #name)

typedef ssize_t (*Write)(int, const void *, size_t);
typedef ssize_t (*PWrite)(int, const void *, size_t, off_t);
typedef ssize_t (*Copy)(int, off64_t *, int, off64_t *, size_t, unsigned);
typedef int (*Truncate)(int, off_t);
typedef int (*Sync)(int);
typedef int (*Two)(const char *, const char *);
typedef int (*One)(const char *);
typedef int (*LinkAt)(int, const char *, int, const char *, int);
typedef int (*Open)(const char *, int, ...);

ssize_t write(int fd, const void *data, size_t size)
{
    REAL(write, Write);
    int what = of_folder(fd) ? fault(size > 1) : 0;
    if (what == 1)
        return -1;
    ssize_t done = real(fd, data, what == 2 ? size / 2 : size);
    if (what == 2 && !strcmp(mode, "torn"))
        die();
    return done;
}

static ssize_t pwrite_by(PWrite real, int fd, const void *data, size_t size, off_t offset)
{
    int what = of_folder(fd) ? fault(size > 1) : 0;
    if (what == 1)
        return -1;
    ssize_t done = real(fd, data, what == 2 ? size / 2 : size, offset);
    if (what == 2 && !strcmp(mode, "torn"))
        die();
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    REAL(pwrite, PWrite);
    return pwrite_by(real, fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset)
{
    REAL(pwrite64, PWrite);
    return pwrite_by(real, fd, data, size, offset);
}

/* How a file is copied. */
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags)
{
    REAL(copy_file_range, Copy);
    int what = of_folder(out) ? fault(size > 1) : 0;
    if (what == 1)
        return -1;
    struct stat left;
    if (what == 2 && !fstat(in, &left) && size > (size_t)left.st_size)
        size = left.st_size;
    ssize_t done = real(in, from, out, to, what == 2 ? size / 2 : size, flags);
    if (what == 2 && !strcmp(mode, "torn"))
        die();
    return done;
}

int ftruncate(int fd, off_t size)
{
    REAL(ftruncate, Truncate);
    return of_folder(fd) && fault(0) ? -1 : real(fd, size);
}

int ftruncate64(int fd, off_t size)
{
    REAL(ftruncate64, Truncate);
    return of_folder(fd) && fault(0) ? -1 : real(fd, size);
}

int fsync(int fd)
{
    REAL(fsync, Sync);
    return of_folder(fd) && fault(0) ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
    REAL(rename, Two);
    return inside(to) && fault(0) ? -1 : real(from, to);
}

int link(const char *from, const char *to)
{
    REAL(link, Two);
    return inside(to) && fault(0) ? -1 : real(from, to);
}

int linkat(int a, const char *from, int b, const char *to, int flags)
{
    REAL(linkat, LinkAt);
    return inside(to) && fault(0) ? -1 : real(a, from, b, to, flags);
}

int unlink(const char *path)
{
    REAL(unlink, One);
    return inside(path) && fault(0) ? -1 : real(path);
}

static int open_by(Open real, const char *path, int flags, mode_t permission)
{
    if ((flags & O_CREAT) && inside(path) && fault(0))
        return -1;
    return real(path, flags, permission);
}

int open(const char *path, int flags, ...)
{
    REAL(open, Open);
    va_list rest;
    va_start(rest, flags);
    mode_t permission = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_by(real, path, flags, permission);
}

int open64(const char *path, int flags, ...)
{
    REAL(open64, Open);
    va_list rest;
    va_start(rest, flags);
    mode_t permission = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_by(real, path, flags, permission);
}

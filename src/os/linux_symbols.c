/* SPDX-License-Identifier: MIT */

/*
 * What the program's own variables are called, from the symbol table of its
 * file: dladdr knows no static ones. Nothing is allocated, and memory is read
 * by way of the kernel, so that an address may be wrong.
 */

#include "os.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct table {
    const ElfW(Sym) * symbols;
    size_t count;
    const char *text; /* their names */
    uintptr_t bias;   /* from their addresses to ours */
};

bool weft__os_peek(const void *address, void *to, size_t size)
{
    struct iovec here = {.iov_base = to, .iov_len = size};
    struct iovec there = {.iov_base = (void *)(uintptr_t)address,
                          .iov_len = size};
    return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)size;
}

struct search {
    uintptr_t address;
    unsigned seen; /* modules before it, and its own */
    bool found;
};

static int look_in(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    struct search *search = context;
    search->seen++;
    for (unsigned i = 0; i < info->dlpi_phnum && !search->found; i++)
        search->found =
            info->dlpi_phdr[i].p_type == PT_LOAD &&
            search->address - info->dlpi_addr - info->dlpi_phdr[i].p_vaddr <
                info->dlpi_phdr[i].p_memsz;
    return search->found;
}

/* 1: the program itself; 0: none. */
static unsigned module_of(const void *address)
{
    struct search search = {.address = (uintptr_t)address};
    dl_iterate_phdr(look_in, &search);
    return search.found ? search.seen : 0;
}

bool weft__os_is_own(const void *address)
{
    static const char here;
    unsigned own = module_of(&here);
    return own > 1 && module_of(address) == own;
}

static int note_bias(struct dl_phdr_info *info, size_t size, void *bias)
{
    (void)size;
    *(uintptr_t *)bias = info->dlpi_addr;
    return 1; /* the program is the first */
}

/* NULL: it is none, or not this machine's. */
static const unsigned char *map_program(void)
{
    struct stat status;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    void *file = MAP_FAILED;
    if (fstat(fd, &status) == 0 && (size_t)status.st_size > sizeof(ElfW(Ehdr)))
        file =
            mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (file == MAP_FAILED)
        return NULL;
    const ElfW(Ehdr) *header = file;
    return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
                   header->e_shentsize == sizeof(ElfW(Shdr))
               ? file
               : NULL;
}

static struct table find_table(const unsigned char *file)
{
    struct table table = {.count = 0};
    const ElfW(Ehdr) *header = (const void *)file;
    const ElfW(Shdr) *sections = (const void *)(file + header->e_shoff);
    for (unsigned i = 0; header->e_shoff != 0 && i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB)
            continue;
        table.symbols = (const void *)(file + sections[i].sh_offset);
        table.count = sections[i].sh_size / sizeof *table.symbols;
        table.text =
            (const char *)file + sections[sections[i].sh_link].sh_offset;
    }
    dl_iterate_phdr(note_bias, &table.bias);
    return table;
}

/* Empty if it has been stripped. */
static const struct table *program_table(void)
{
    static struct table table;
    static bool known;
    if (!known) {
        const unsigned char *file = map_program();
        if (file != NULL)
            table = find_table(file);
        known = true;
    }
    return &table;
}

static bool is_variable(const ElfW(Sym) * symbol)
{
    return ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT &&
           symbol->st_shndx != SHN_UNDEF && symbol->st_size > 0;
}

static bool covers(const struct table *table, const ElfW(Sym) * symbol,
                   const void *address)
{
    return (uintptr_t)address - table->bias - symbol->st_value <
           symbol->st_size;
}

static bool leads_to(const struct table *table, const ElfW(Sym) * symbol,
                     const void *address)
{
    const void *value;
    const void *variable = (const void *)(table->bias + symbol->st_value);
    return symbol->st_size == sizeof value &&
           weft__os_peek(variable, &value, sizeof value) && value == address;
}

bool weft__os_variable_at(const void *address, struct weft__variable *found)
{
    const struct table *table = program_table();
    const char *file = "";
    *found = (struct weft__variable){.file = ""};
    for (size_t i = 0; i < table->count && address != NULL; i++) {
        const ElfW(Sym) *symbol = &table->symbols[i];
        const char *text = table->text + symbol->st_name;
        if (ELF64_ST_TYPE(symbol->st_info) == STT_FILE)
            file = text;
        if (!is_variable(symbol))
            continue;
        bool is_local = ELF64_ST_BIND(symbol->st_info) == STB_LOCAL;
        if (covers(table, symbol, address)) {
            *found = (struct weft__variable){
                .name = text,
                .file = is_local ? file : "",
                .offset = (uintptr_t)address - table->bias - symbol->st_value};
            return true;
        }
        if (found->name == NULL && leads_to(table, symbol, address))
            *found = (struct weft__variable){.name = text,
                                             .file = is_local ? file : ""};
    }
    return found->name != NULL;
}

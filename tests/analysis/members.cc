/* SPDX-License-Identifier: MIT */

/*
 * What only C++ can say: members that a member guards. Clang's -Wthread-safety
 * must say of each function what is expected there, and nothing else.
 */

#include <weft.h>

namespace
{
class account
{
  public:
    void pay(long amount)
    {
        weft_lock_acquire(&lock);
        balance -= amount;
        weft_lock_release(&lock);
    }

    long ask() WEFT_REQUIRES(lock)
    {
        return balance;
    }

    void pay_without_the_lock(long amount)
    {
        /* expected-warning@+1 {{writing variable 'balance' requires}} */
        balance -= amount;
    }

    bool pay_if_free(long amount)
    {
        if (weft_lock_try_acquire(&lock) != WEFT_OK)
            return false;
        balance -= amount;
        return true;
    } /* expected-warning {{'lock' is not held on every path}} */

  private:
    weft_lock lock;
    long balance WEFT_GUARDED_BY(lock);
};
} // namespace

long use(void);
long use(void)
{
    account mine{};
    mine.pay(1);
    mine.pay_without_the_lock(1);
    mine.pay_if_free(1);
    /* expected-warning@+1 {{requires holding lock 'mine.lock' exclusively}} */
    return mine.ask();
}

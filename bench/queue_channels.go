// SPDX-License-Identifier: MIT

// The channels of Go in the race of the queues: one sample in a process of its
// own, as Go's runtime has threads and signals that would disturb the others.
// The same workloads as queue_workloads.h and queue_latency.h; what threads do
// there, goroutines do here, on as many threads as Go finds best. Prints what
// queue_go.c reads.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type sample struct {
	capacity, putters, getters int
	operations                 uint64
	length, gap                time.Duration
	wall, cpu                  time.Duration
	latencies                  []time.Duration
	wrong                      bool
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		panic("no clock of the processor")
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func (s *sample) measure(work func()) {
	cpu, began := processorTime(), time.Now()
	work()
	s.wall, s.cpu = time.Since(began), processorTime()-cpu
}

// Runs all, each in a goroutine, and waits for them.
func together(bodies ...func()) {
	var all sync.WaitGroup
	all.Add(len(bodies))
	for _, body := range bodies {
		go func(body func()) {
			body()
			all.Done()
		}(body)
	}
	all.Wait()
}

// The next of `all` numbers that nobody took.
func take(taken *uint64, all uint64) (first, end uint64) {
	const atOnce = 32
	end = atomic.AddUint64(taken, atOnce)
	first = end - atOnce
	if end > all {
		end = all
	}
	return first, end
}

func (s *sample) checkSum(sum uint64) {
	s.wrong = s.wrong || sum != s.operations*(s.operations+1)/2
}

func (s *sample) alone() {
	queue := make(chan uint64, s.capacity)
	var sum uint64
	s.measure(func() {
		for i := uint64(1); i <= s.operations; i++ {
			queue <- i
			sum += <-queue
		}
	})
	s.checkSum(sum)
}

func (s *sample) stream() {
	queue := make(chan uint64, s.capacity)
	var put, gotten, sum, disorder uint64
	putShare := func() {
		for {
			item, end := take(&put, s.operations)
			if item >= end {
				return
			}
			for ; item < end; item++ {
				queue <- item + 1
			}
		}
	}
	getShare := func() {
		var last, own uint64
		for {
			i, end := take(&gotten, s.operations)
			if i >= end {
				atomic.AddUint64(&sum, own)
				return
			}
			for ; i < end; i++ {
				item := <-queue
				if item <= last && s.putters == 1 {
					atomic.AddUint64(&disorder, 1)
				}
				last = item
				own += item
			}
		}
	}
	var bodies []func()
	for i := 0; i < s.putters; i++ {
		bodies = append(bodies, putShare)
	}
	for i := 0; i < s.getters; i++ {
		bodies = append(bodies, getShare)
	}
	s.measure(func() { together(bodies...) })
	s.checkSum(sum)
	s.wrong = s.wrong || disorder != 0
}

func (s *sample) pingPong() {
	there, back := make(chan uint64, s.capacity), make(chan uint64, s.capacity)
	s.measure(func() {
		together(func() {
			for i := uint64(1); i <= s.operations; i++ {
				there <- i
				s.wrong = <-back != i || s.wrong
			}
		}, func() {
			for i := uint64(1); i <= s.operations; i++ {
				back <- <-there
			}
		})
	})
}

func (s *sample) latency() {
	queue := make(chan time.Time, s.capacity)
	s.measure(func() {
		together(func() {
			for began := time.Now(); time.Since(began) < s.length; {
				time.Sleep(s.gap)
				queue <- time.Now()
			}
			close(queue)
		}, func() {
			for due := range queue {
				s.latencies = append(s.latencies, time.Since(due))
			}
		})
	})
	s.tellLatencies()
}

func (s *sample) tellLatencies() {
	all := s.latencies
	s.operations = uint64(len(all))
	s.wrong = len(all) == 0
	if s.wrong {
		return
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	s.wall = all[len(all)/2] * time.Duration(len(all))
}

// All but one in n are not longer.
func (s *sample) allButOneIn(n int) time.Duration {
	count := len(s.latencies)
	if count == 0 {
		return 0
	}
	return s.latencies[count-1-count/n]
}

func number(i int) int {
	value, err := strconv.Atoi(os.Args[i])
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	workloads := map[string]func(*sample){"alone": (*sample).alone,
		"stream": (*sample).stream, "ping_pong": (*sample).pingPong,
		"latency": (*sample).latency}
	run := workloads[os.Args[1]]
	runtime.GOMAXPROCS(number(2))
	s := sample{capacity: number(3), putters: number(4), getters: number(5),
		operations: uint64(number(6)), length: time.Duration(number(7)),
		gap: time.Duration(number(8))}
	run(&s)
	fmt.Println(s.operations, int64(s.wall), int64(s.cpu),
		int64(s.allButOneIn(100)), int64(s.allButOneIn(1000)),
		int64(s.allButOneIn(len(s.latencies)+1)), s.wrong)
}

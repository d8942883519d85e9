/** A cluster for the tests of an application, by JUnit. */
package dev.lockstep.testkit.junit;

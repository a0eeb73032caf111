/**
 * Colour maps as tables of 256 RGB entries, shared by the engine (saved pictures) and the page (textures, legends).
 * Sampled from d3-scale-chromatic 3.1 (ISC): viridis and inferno (Smith and van der Walt 2015, CC0), perceptually uniform, for
 * magnitudes; RdBu reversed (Brewer 2002), blue below zero and red above, for signed values. Entry 0 is the lowest value.
 */
function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** 256 * 3 bytes each; the middle of 'diverging' (between entries 127 and 128) is zero. */
export const colorTables = {
  viridis: decode(
    'RAFURAJWRQRXRQVZRgdaRghcRgpdRgteRw1gRw5hRxBjRxFkRxNlSBRnSBZoSBdpSBhqSBpsSBttSBxuSB1vSB9wSCBxSCFzSCN0SCR1SCV2SCZ3SCh4SCl5Ryp6Ryx6Ry17Ry58Ry99' +
    'RjB+RjJ+RjN/RjSARTWBRTeBRTiCRDmDRDqDRDuEQz2EQz6FQj+FQkCGQkGGQUKHQUSHQEWIQEaIP0eIP0iJPkmJPkqJPkyKPU2KPU6KPE+KPFCLO1GLO1KLOlOLOlSMOVWMOVaMOFiM' +
    'OFmMN1qMN1uNNlyNNl2NNV6NNV+NNGCNNGGNM2KNM2ONMmSOMmWOMWaOMWeOMWiOMGmOMGqOL2uOL2yOLm2OLm6OLm+OLXCOLXGOLHGOLHKOLHOOK3SOK3WOKnaOKneOKniOKXmOKXqO' +
    'KXuOKHyOKH2OJ36OJ3+OJ4COJoGOJoKOJoKOJYOOJYSOJYWOJIaOJIeOI4iOI4mOI4qNIouNIoyNIo2NIY6NIY+NIZCNIZGMIJKMIJKMIJOMH5SMH5WLH5aLH5eLH5iLH5mKH5qKHpuK' +
    'HpyJHp2JH56JH5+IH6CIH6GIH6GHH6KHIKOGIKSGIaWFIaaFIqeFIqiEI6mDJKqDJauCJayCJq2BJ62BKK6AKa9/KrB/LLF+LbJ9LrN8L7R8MbV7MrZ6NLZ5Nbd5N7h4OLl3Orp2O7t1' +
    'Pbx0P7xzQL1yQr5xRL9wRsBvSMFuSsFtTMJsTsNrUMRqUsVpVMVoVsZnWMdlWshkXMhjXsliYMpgY8tfZcteZ8xcac1bbM1abs5YcM9Xc9BWddBUd9FTetFRfNJQf9NOgdNNhNRLhtVJ' +
    'idVIi9ZGjtZFkNdDk9dBldhAmNg+m9k8ndk7oNo5oto3pds2qNs0qtwyrdwwsN0vst0ttd4ruN4put4ovd8mwN8lwt8jxeAhyOAgyuEfzeEd0OEc0uIb1eIa2OIZ2uMZ3eMY3+MY4uQY' +
    '5eQZ5+QZ6uUa7OUb7+Uc8eUd9OYe9uYg+OYh++cj/ecl',
  ),
  inferno: decode(
    'AAAEAQAFAQEGAQEIAgEKAgIMAgIOAwIQBAMSBAMUBQQXBgQZBwUbCAUdCQYfCgciCwckDAgmDQgpDgkrEAktEQowEgoyFAs0FQs3Fgs5GAw8GQw+GwxBHAxDHgxFHwxIIQxKIwxMJAxP' +
    'JgxRKAtTKQtVKwtXLQtZLwpbMQpcMgpeNApfNglhOAliOQljOwlkPQllPglmQApnQgpoRApoRQppRwtqSQtqSgxrTAxrTQ1sTw1sUQ5sUg5tVA9tVQ9tVxBuWRBuWhFuXBJuXRJuXxNu' +
    'YRNuYhRuZBVuZRVuZxZuaRZuahdubBhubRhubxlucRluchpudBpudRtudxxteBxteh1tfB1tfR5tfx5sgB9sgiBshCBrhSFrhyFriCJqiiJqjCNpjSNpjyRpkCVokiVokyZnlSZnlydm' +
    'mCdmmihlmylknSlknypjoCpjoitioyxhpSxgpi1gqC5fqS5eqy9erTBdrjBcsDFbsTJaszJatDNZtjRYtzVXuTVWujZVvDdUvThTvzlSwDpRwTpQwztPxDxOxj1Nxz5MyD9LykBKy0FJ' +
    'zEJIzkNHz0RG0EVF0kZE00dD1EhC1UpB10s/2Ew+2U092k4821A73VE63lI431M34FU24VY14lc041kz5Fox5Vww5l0v514u6GAt6WEr6mMq62Qp62Yo7Gcm7Wkl7mok72wj724h8G8g' +
    '8XEf8XMd8nQc83Yb83gZ9HkY9XsX9X0V9n4U9oAT94IS94QQ+IUP+IcO+IkM+YsL+YwK+Y4J+pAI+pIH+pQH+5YG+5cG+5kG+5sG+50H/J8H/KEI/KMJ/KUK/KYM/KgN/KoP/KwR/K4S' +
    '/LAU/LIW/LQY+7Ya+7gd+7of+7wh+74j+sAm+sIo+sQq+sYt+ccv+cky+cs1+M03+M8699E999NA9tVD9tdG9dlJ9dtM9N1P9N9T9OFW8+Na8+Vd8uZh8uhl8upp8ext8e1x8e918fF5' +
    '8vJ98vSC8/WG8/aK9PiO9fmS9vqW+Pua+fyd+v2h/P+k',
  ),
  diverging: decode(
    'BTBhBjJkBzRnCDZqCThtCjtwDD1zDT91DkF4D0N7EEV+EUeBEkmDE0uGFU2JFk+LF1KOGFSQGVaTGliVG1qYHVyaHl6cH2CeIGKgIWSiI2WkJGemJWmoJmuqKG2rKW+tKnGuLHOwLXWx' +
    'LnayMHi0MXq1M3y2NH63NoC5N4G6OYO7O4W8PYe9Pom+QIu/QozARI7BRpDCSJLDS5TETZbFT5jGUZnHVJvIVp3JWZ/KW6HLXqPMYaXNZKfOZqjPaarQbKzRb67ScbDTdLLUd7PVerXW' +
    'fbfXgLnXg7vYhbzZiL7ai8DbjsHckcPdk8TelsbfmcfgnMngnsrhoczio83jps/jqdDkq9HlrtPmsNTmstXntdfot9joutnpvNrqvtvqwNzrwt3sxd/sx+DtyeHty+LuzePuz+Tv0eXv' +
    '0+bw1Obw1ufw2Ojx2unx2+rx3ery3+vy4Ozy4uzy4+3y5e3y5u7y5+7y6e/y6u/y6+/x7O/x7fDx7vDw7/Dw8PDv8e/u8u/t8+/t9O/s9O7r9e7p9u3o9u3n9+zm9+vk+Orj+Orh+eng' +
    '+eje+efc+uba+uXY+uPX+uLV+uHT+uDR+t7P+93M+9vK+9rI+9jG+9fE+tXB+tO/+tK8+tC6+s64+sy1+sqz+cmw+ceu+cWr+MOp+MGm+L+k972h97qf9ric9raa9bSX9bKV9K+S9K2Q' +
    '86uN8qiL8qaI8aSG8KGD75+B7px/7pp87Zd67JV465J26pBz6Y1x6Itv54ht5oVr5YNp5IBn4n1l4Xtj4Hhh33Vf3nNd3XBb221Z2mtX2WhV2GVU1mJS1V9Q1F1O0lpN0VdL0FRKzlJI' +
    'zU9GzExFyklDyUdCx0RBxkE/xD8+wzw9wTo7vzc6vjU5vDI4ujA2uC41tys0tSkzsycysSUxryMwrSEvqh8uqB0tphwtpBosoRgrnxcqnBUpmhQplxIolBEnkhAnjw8mjA0migwlhwsk' +
    'hAokgQkjfggjewcieQYidgUhcwQhcAMgbQIgagEfZwAf',
  ),
} as const

export type ColorMapId = keyof typeof colorTables

/** The picture of the map for paper, which the map region gives when it is asked. */
class PrintMap {
  picture: () => string = () => '';
}

export const printMap = new PrintMap();

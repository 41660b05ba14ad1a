from trine.cli import main

if __name__ == "__main__":
    main()
